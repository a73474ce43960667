# docker build -t lstmlint . && docker run --rm -v "$PWD:/work:ro" lstmlint models/
FROM python:3.12.14-slim-trixie@sha256:78387bc3881b8273120a12ebe6c1ab22b018ccc2c9adf565ae1ac9b536e184ea AS base

FROM base AS build
COPY . /source
RUN pip wheel --no-cache-dir --wheel-dir /wheels "/source[hdf5]"

FROM base
# `lstmlint diff main:model.json model.json` asks git, which refuses the repository of another user unless told otherwise.
# hadolint ignore=DL3008
RUN apt-get update && apt-get install --yes --no-install-recommends git && rm -rf /var/lib/apt/lists/* \
    && git config --system --add safe.directory /work
# hadolint ignore=DL3013
RUN --mount=type=bind,from=build,source=/wheels,target=/wheels \
    pip install --no-cache-dir --no-index --find-links /wheels "lstmlint[hdf5]"
USER 65534:65534
WORKDIR /work
ENTRYPOINT ["lstmlint"]
CMD ["."]
