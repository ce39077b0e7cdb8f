"""What can go wrong while reading, as a tree one can draw.

    InklingError
    ├── PhotoError            the bytes that came are not a photo that can be read
    │   ├── EmptyFile
    │   ├── FileTooLarge
    │   ├── TooManyPixels
    │   ├── NotAnImage
    │   └── BrokenImage
    ├── ModelError            a model folder that is not whole, or was made for another Inkling
    ├── ExportMismatch        Keras and LiteRT answer differently
    ├── DatasetUnavailable    a data set could not be had, and what was tried
    ├── LabelsError           a file of labels that is not what it should be
    ├── CorrectionsError      a file of corrections that is not what training takes
    ├── StorageError          an address where no search can be kept
    └── MissingMarkers        a README without a place for a table

The bot's own errors grow from the same root, see `bot.errors`.

Each message is one sentence for the person who sent the input, and says what was expected
and what was received. A photo that decodes but holds no digit is not an error: it is a
`Reading` with a `Refusal`.
"""


class InklingError(Exception):
    """Anything that Inkling foresaw; `str(error)` may be shown to the person."""


class PhotoError(InklingError):
    """The bytes that came are not a photo that can be read."""


class EmptyFile(PhotoError):
    """There are no bytes at all."""


class FileTooLarge(PhotoError):
    """More bytes than the limit."""


class TooManyPixels(PhotoError):
    """The header promises more pixels than the limit; nothing was decoded."""


class NotAnImage(PhotoError):
    """No known image format, whatever the name says."""


class BrokenImage(PhotoError):
    """An image format, but truncated or damaged."""


class ModelError(InklingError):
    """A model folder that is missing, not whole, or made for other preprocessing."""


class DatasetUnavailable(InklingError):
    """A data set could not be had; the message says what was tried."""


class LabelsError(InklingError):
    """A file of labels that is not what it should be."""


class ExportMismatch(InklingError):
    """Keras and LiteRT answer differently, so the model is not published."""


class CorrectionsError(InklingError):
    """A file of corrections that is not what `train --corrections` takes."""


class StorageError(InklingError):
    """An address that is no database that a search can be kept in."""


class MissingMarkers(InklingError):
    """A README without a place for the table."""
