"""Which fonts show something else than digits where a cell holds digits?"""

import re

_PICTURES = re.compile(
    r"wingdings\d?|webdings|marlett|mtextra|msoutlook|bookshelfsymbol\d*|zapfdingbats|itczapfdingbats"
)
_BARS = re.compile(
    r"barcode|code(?:39|128|93|25)|3of9|2of5|i2of5|ean-?1?[38]|upc-?[ae]?|qrcode|idautomation|条码|条形码"
)
_WITH_DIGITS = "symbol"
"""A font of symbols that has digits where others have them."""
_SYMBOLS = "2"
"""The character set of fonts of symbols."""


def draws(name: str, charset: str = "") -> bool:
    """Whether a font has pictures or bars for digits. `charset` is the number of its character set, if any is told."""
    key = re.sub(r"[\s_]", "", name[:60]).lower()
    is_symbol = _PICTURES.fullmatch(key) is not None or _BARS.search(key) is not None
    return is_symbol or (charset.strip() == _SYMBOLS and key != _WITH_DIGITS)
