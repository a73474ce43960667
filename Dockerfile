# docker build -t lstmlint . && docker run --rm -v "$PWD:/work:ro" lstmlint models/
FROM python:3.12-slim AS build
COPY . /source
RUN pip wheel --no-cache-dir --wheel-dir /wheels "/source[hdf5]"

FROM python:3.12-slim
# hadolint ignore=DL3013
RUN --mount=type=bind,from=build,source=/wheels,target=/wheels \
    pip install --no-cache-dir --no-index --find-links /wheels "lstmlint[hdf5]"
USER 65534:65534
WORKDIR /work
ENTRYPOINT ["lstmlint"]
CMD ["."]
