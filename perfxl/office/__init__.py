"""What the finance office knows before a form comes in: the approved list, the books, last year.

Its own workbooks are read here (`workbooks`, `lists`, `ledgers`); what they say is plain values (`approved`, `books`, `lastyear`),
compiled into one (`knowledge`) that is looked up once a form is read.
"""
