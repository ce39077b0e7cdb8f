"""All errors of this package, as one tree.

    InklingError
    ├── PhotoError            the bytes that came are not a photo that can be read
    │   ├── EmptyFile
    │   ├── FileTooLarge
    │   ├── TooManyPixels
    │   ├── NotAnImage
    │   └── BrokenImage
    ├── ModelError            a model folder that is not complete, or is for another version
    ├── ExportMismatch        Keras and LiteRT answer differently
    ├── TrainingUnavailable   TensorFlow is not installed
    ├── DatasetUnavailable    a data set that could not be fetched, and what was tried
    ├── LabelsError           a file of labels that cannot be read
    ├── CorrectionsError      a file of corrections that cannot be read
    ├── StorageError          an address of a database that cannot keep a search
    ├── OutputError           a folder that holds the results of another model
    ├── ClusterError          a cluster that is not there, or has no room
    └── MissingMarkers        a README without the markers of a table

The bot's errors have the same root, see `bot.errors`.

Each message is one sentence for the person who sent the input, and says what was expected and what
was received. A photo without digits is not an error: it is a `Reading` with a `Refusal`.
"""


class InklingError(Exception):
    """The root of all errors whose message may be shown to the person."""


class PhotoError(InklingError):
    """The bytes that came are not a photo that can be read."""


class EmptyFile(PhotoError):
    """There are no bytes at all."""


class FileTooLarge(PhotoError):
    """More bytes than the limit."""


class TooManyPixels(PhotoError):
    """The header says more pixels than the limit; nothing was decoded."""


class TooManyPages(PhotoError):
    """More pages in one file than the limit."""


class NotAnImage(PhotoError):
    """No known image format, whatever the ending of the name."""


class BrokenImage(PhotoError):
    """An image format, but truncated or damaged."""


class ModelError(InklingError):
    """A model folder that is missing or not complete, or is for other preprocessing."""


class TrainingUnavailable(InklingError):
    """TensorFlow is not installed, so there is no training."""


class DatasetUnavailable(InklingError):
    """A data set that could not be fetched; the message says what was tried."""


class LabelsError(InklingError):
    """A file of labels that cannot be read."""


class ExportMismatch(InklingError):
    """Keras and LiteRT answer differently, so that the model is not published."""


class CorrectionsError(InklingError):
    """A file that `train --corrections` cannot read."""


class StorageError(InklingError):
    """An address of a database that cannot keep a search."""


class OutputError(InklingError):
    """A folder that holds the results of another model, or in another format."""


class ClusterError(InklingError):
    """A cluster that is not there, has no room, or has another model."""


class MissingMarkers(InklingError):
    """A README without the two markers between which a table is written."""
