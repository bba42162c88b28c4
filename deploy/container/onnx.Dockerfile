# The server with ONNX Runtime, without TensorFlow: it serves the shipped bundles, and all that have an ONNX form.
#
#     docker build --file deploy/container/onnx.Dockerfile --tag ecg-classifier:onnx .
#     docker run --rm --read-only --publish 127.0.0.1:50051:50051 --env ECG_INSECURE=true ecg-classifier:onnx
#
# Flags and variables are those of `ecg-server --help`. What has to be writable is what --log-file and --audit-log name,
# and nothing else. Podman and Buildah need --format docker: OCI images have no health check. docs/packages.md tells the
# rest.

# By its tag, which moves. To pin it for good: --build-arg BASE=docker.io/library/python:3.13-slim-trixie@sha256:…
ARG BASE=docker.io/library/python:3.13-slim-trixie

FROM ${BASE} AS build
WORKDIR /build
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_ROOT_USER_ACTION=ignore
COPY deploy/container/build.lock deploy/container/onnx.lock ./
# What builds the wheel stays out of the environment that goes on.
RUN ["python", "-m", "pip", "install", "--require-hashes", "--only-binary=:all:", "--target=/build/tools", \
    "--requirement=build.lock"]
RUN ["python", "-m", "venv", "--without-pip", "/opt/ecg"]
RUN ["python", "-m", "pip", "--python=/opt/ecg", "install", "--require-hashes", "--only-binary=:all:", \
    "--requirement=onnx.lock"]
COPY LICENSE README.md pyproject.toml ./
COPY client client
COPY generated generated
COPY server server
RUN ["env", "PYTHONPATH=/build/tools", "python", "-m", "pip", "wheel", "--no-deps", "--no-index", \
    "--no-build-isolation", "--wheel-dir=wheels", "."]
# Of the one version that lies there.
# hadolint ignore=DL3013
RUN ["python", "-m", "pip", "--python=/opt/ecg", "install", "--no-deps", "--no-index", "--find-links=wheels", \
    "ecg-classifier"]

FROM ${BASE}
ARG VERSION
ARG REVISION
LABEL org.opencontainers.image.title="ecg-classifier" \
      org.opencontainers.image.description="Classifies 12-lead ECG recordings over gRPC, with ONNX Runtime. Not a medical device." \
      org.opencontainers.image.licenses="Apache-2.0 AND CC-BY-4.0" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}"
COPY --from=build /opt/ecg /opt/ecg
ENV PATH=/opt/ecg/bin:$PATH PYTHONDONTWRITEBYTECODE=1 \
    ECG_HOST=0.0.0.0 ECG_PORT=50051 ECG_HEALTH_PORT=50052
EXPOSE 50051 50052
# Nobody's: it owns nothing. A number, so that runAsNonRoot can see that it is not root.
USER 65532:65532
# In plain text and without credentials, whatever is asked of callers; not to be published.
HEALTHCHECK --interval=30s --timeout=5s --start-period=60s --retries=3 \
    CMD ["ecg", "health", "--address", "127.0.0.1:50052", "--timeout", "4"]
STOPSIGNAL SIGTERM
ENTRYPOINT ["ecg-server"]
