"""Where digits that touch may be split (`seams`), and which ink is (`splitting`)."""
