"""Recipes: each a network together with the way it is trained, under a name.

This is plain data, so that programs that only list recipes (`python -m model recipes`, the bot's
/train) do not import TensorFlow. `model.training.networks` builds the network, and
`model.training.train` trains it.
"""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType

BASE = "base"
"""The teacher of a recipe that learns from the model from which it goes on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Augmentation:
    """How far glyphs are deformed. Each value is drawn uniformly, once for each glyph.

    Attributes:
        elastic: root mean square displacement in pixels, from … to.
        smoothness: σ in pixels of the Gaussian that smooths the displacements, from … to.
        rotation: degrees, in either direction.
        scale: relative change of width and height together, either way.
        aspect: relative change of width against height, either way.
        shear: pixels sideways for each pixel upwards, either way.
        shift: pixels between the centre of mass and the centre of the glyph, either way.
        stroke: pixels by which strokes get wider or narrower on each side.
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
        filters: number of filters of each convolution, by stage; each stage ends by halving the
            image. () for a network without convolutions.
        hidden: widths of the fully connected layers before the outputs.
        moment_normalization: whether the first layers reduce differences in slant, position and
            size.
        batch_normalization: whether it stands before each ReLU.
        epochs: how often all of MNIST is seen or, where `mnist_digits` is set, a part of it.
        mnist_digits: MNIST's digits in an epoch, which take turns; 0 for all.
        batch_size: glyphs in a step.
        learning_rate: at its highest. It rises during the first twentieth of the steps and then
            falls to zero along a cosine. Without `weight_decay` it is constant.
        weight_decay: of AdamW; 0 for plain Adam.
        ema_momentum: momentum of the running average of the weights that becomes the model, or 0
            for the last weights.
        augmentation: how each glyph is deformed anew in each epoch, or None.
        synthetic_digits: synthetic digits in an epoch, in handwriting that MNIST does not have.
        negatives: glyphs in an epoch that are not digits. Above 0 the network has a second output,
            `is_digit`, that learns to tell.
        synthetic_pool_epochs: epochs for which different synthetic digits and negatives are made;
            then they come back, deformed anew. To make them takes longer than to learn from them.
        photo_fraction: the share of these that is cut out of whole simulated photos, 0–1.
        use_downloads: whether they are made from fonts and clothing that have to be downloaded,
            with npm.
        bfloat16: whether products may be computed in bfloat16 and summed in float32, on machines
            that are built for it (`networks.computes_bfloat16`). The model that is published
            computes in float32.
        teacher: the recipe of a network whose probabilities are learned for MNIST's digits,
            instead of bare labels (`model.training.distillation`); `BASE` for the model from which
            training goes on, so that it forgets less: Li & Hoiem, "Learning without Forgetting"
            (2016), arXiv:1606.09282; "" for none.
        distillation_temperature: the temperature at which they are learned.
        pool_epochs: epochs that are deformed anew; then they come back in another order. 0 for
            all. A teacher takes longer to answer than the student to learn.
        needs_base: whether it goes on from a trained model, whose network it takes.
        base_share: the share of that model's weights in the result, beside those that were learned:
            the mean of both forgets less and errs less on what neither saw. Wortsman et al.,
            "Robust fine-tuning of zero-shot models" (2022), arXiv:2109.01903.
    """

    name: str
    purpose: str
    filters: tuple[tuple[int, ...], ...] = ()
    hidden: tuple[int, ...] = ()
    moment_normalization: bool = False
    batch_normalization: bool = False
    epochs: int
    batch_size: int = 256
    learning_rate: float
    weight_decay: float = 0.0
    ema_momentum: float = 0.0
    augmentation: Augmentation | None = None
    mnist_digits: int = 0
    synthetic_digits: int = 0
    negatives: int = 0
    synthetic_pool_epochs: int = 2
    photo_fraction: float = 0.25
    use_downloads: bool = True
    teacher: str = ""
    distillation_temperature: float = 1.0
    pool_epochs: int = 0
    bfloat16: bool = False
    needs_base: bool = False
    base_share: float = 0.0


@dataclass(frozen=True, slots=True)
class Epoch:
    """The figures of one epoch; accuracies 0–1.

    `val_` figures are measured on the images that were held out or, if none were, on training
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
    purpose="The network of the tutorials, unchanged, to compare the others with.",
    hidden=(128, 128),
    epochs=3,
    batch_size=32,
    learning_rate=1e-3,
)

MLP = Recipe(
    name="mlp",
    purpose="The best fully connected reader: it refuses what is not a digit.",
    moment_normalization=True,
    hidden=(832, 560, 560),  # .keras and LiteRT together stay below 12 MB
    batch_normalization=True,
    epochs=96,
    batch_size=512,
    learning_rate=0.012,
    weight_decay=0.02,
    ema_momentum=0.999,
    augmentation=Augmentation(),
    teacher="cnn",
    distillation_temperature=4.0,
    pool_epochs=32,
    bfloat16=True,
    synthetic_digits=22_000,
    negatives=16_000,
    synthetic_pool_epochs=2,
    photo_fraction=0.12,
)

MLP_FAST = Recipe(
    name="mlp-fast",
    purpose="A fully connected reader of MNIST's digits in two minutes.",
    moment_normalization=True,
    hidden=(512, 512),
    batch_normalization=True,
    epochs=24,
    batch_size=512,
    learning_rate=4e-3,
    weight_decay=0.02,
    ema_momentum=0.99,
    augmentation=Augmentation(),
    bfloat16=True,
)

FINE_TUNE = Recipe(
    name="fine-tune",
    purpose="Goes on from a model, to learn corrections without forgetting: what /train runs.",
    epochs=5,
    batch_size=512,
    learning_rate=3e-4,
    weight_decay=0.02,
    ema_momentum=0.99,
    augmentation=Augmentation(),
    bfloat16=True,
    mnist_digits=36_000,  # so that /train ends within two minutes on two idle cores
    synthetic_digits=8_000,
    negatives=8_000,
    photo_fraction=0.0,  # a minute to make them where the cache is empty, instead of four
    use_downloads=False,  # a worker on a PaaS has no npm
    needs_base=True,
)

REFRESH = Recipe(
    name="refresh",
    purpose="Goes on from a model, to learn handwriting that was added after it was trained.",
    epochs=6,
    batch_size=512,
    learning_rate=2e-3,
    weight_decay=0.02,
    ema_momentum=0.99,
    augmentation=Augmentation(),
    teacher=BASE,
    distillation_temperature=4.0,
    bfloat16=True,
    mnist_digits=30_000,
    synthetic_digits=24_000,
    negatives=16_000,
    photo_fraction=0.0,
    needs_base=True,
    base_share=0.5,
)

CNN = Recipe(
    name="cnn",
    purpose="A small convolutional network: teaches mlp, and shows what convolutions are good for.",
    moment_normalization=True,
    filters=((32,), (64, 64), (128,)),
    hidden=(192,),
    batch_normalization=True,
    epochs=40,
    learning_rate=2e-3,
    weight_decay=0.02,
    ema_momentum=0.998,
    augmentation=Augmentation(),
    bfloat16=True,
)

RECIPES = MappingProxyType(
    {recipe.name: recipe for recipe in (MLP, MLP_FAST, FINE_TUNE, REFRESH, CNN, BASELINE)}
)
"""All recipes by name, in the order in which they are listed."""

DEFAULT_RECIPE = MLP.name
"""The recipe of `train` without `--recipe`."""
