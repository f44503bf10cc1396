"""perfxl: reads, checks, scores and consolidates the Excel forms of public-spending performance evaluation."""

__version__ = "0.2.0"
