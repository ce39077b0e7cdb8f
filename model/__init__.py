"""Reads handwritten digits in photos.

>>> from model import Recognizer
>>> recognizer = Recognizer.load()
>>> recognizer.read(open("seven.jpg", "rb").read()).text
'7'
"""
