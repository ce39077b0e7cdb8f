# Two images: `worker` answers photos, `trainer` carries out what /train asks for.
#
#     docker build --target worker -t inkling .
#     docker build --target trainer -t inkling-trainer .
#
# Both write to /srv/inkling/data and /tmp alone, so the rest may be mounted read-only.

FROM python:3.13-slim AS sources
RUN pip install --no-cache-dir uv==0.13.8 && uv venv --seed /opt/inkling
WORKDIR /src
COPY pyproject.toml requirements.txt README.md LICENSE ./
COPY model model
COPY bot bot

FROM sources AS worker-packages
# --constraints: the pinned versions, of which only those are installed that answering needs.
RUN uv pip install --no-cache --compile-bytecode --python /opt/inkling/bin/python \
    --constraints requirements.txt .

FROM worker-packages AS trainer-packages
RUN uv pip install --no-cache --compile-bytecode --python /opt/inkling/bin/python \
    --constraints requirements.txt '.[train]'

FROM python:3.13-slim AS base
RUN useradd --system --uid 10001 --home-dir /srv/inkling inkling \
    && install --directory --owner inkling --group inkling /srv/inkling /srv/inkling/data
# KERAS_HOME is where the training images are kept; MPLCONFIGDIR is Matplotlib's cache of fonts.
ENV PATH=/opt/inkling/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    KERAS_HOME=/srv/inkling/data/keras \
    MPLCONFIGDIR=/tmp/matplotlib
WORKDIR /srv/inkling
VOLUME /srv/inkling/data
USER 10001

FROM base AS trainer
COPY --from=trainer-packages /opt/inkling /opt/inkling
# No port to ask: a trainer that hangs loses its run to another one, and one that fails ends.
HEALTHCHECK NONE
CMD ["python", "-m", "bot", "trainer"]

# The last stage is what `docker build .` makes.
FROM base AS worker
COPY --from=worker-packages /opt/inkling /opt/inkling
EXPOSE 8080
HEALTHCHECK --interval=30s --timeout=5s --start-period=20s \
    CMD ["python", "-c", "import os, urllib.request as r; r.urlopen(f\"http://127.0.0.1:{os.environ.get('PORT', '8080')}/healthz\", timeout=4)"]
CMD ["python", "-m", "bot", "--web"]
