# An image with `ragscale` and ONNX Runtime on a small Debian, run by a user without rights.
# Models, corpora, experiments and reports are mounted: see docker-compose.yml.
#
# Needs BuildKit, the builder of Docker since version 23.
#
# The bases are pinned by tag and digest, as public build files name them. Where no registry of
# images can be reached, docker/base.sh makes both from Debian's packages: give their names here.
ARG BASE_BUILDER=rust:1.95.0-bookworm@sha256:6258907abe69656e41cd992e0b705cdcfabcbbe3db374f92ed2d47121282d4a1
ARG BASE_RUNTIME=debian:bookworm-20260824-slim@sha256:88200866dfff7ea7f5cbcb6ec7c8a701889efe6fe859fe64d6990e4b07ea4171
# Which stage gives the program: `built` compiles it, `prebuilt` takes docker/prebuilt/ragscale.
ARG BINARY=built

# Compiles. The caches hold the registry and the 900 dependencies, so that a change of our code
# compiles our code only. C and C++ compilers are all that the dependencies' build scripts need.
FROM ${BASE_BUILDER} AS built
WORKDIR /source
COPY Cargo.toml Cargo.lock ./
COPY .cargo .cargo
COPY lab lab
COPY pipeline pipeline
RUN --mount=type=cache,target=/usr/local/cargo/registry,sharing=locked \
    --mount=type=cache,target=/source/target,sharing=locked \
    cargo build --release --locked --bin ragscale \
    && install -D target/release/ragscale /out/ragscale

# Takes a program that was compiled elsewhere, against the base's C library or an older one.
FROM scratch AS prebuilt
COPY docker/prebuilt/ragscale /out/ragscale

FROM ${BINARY} AS binary

# Gets ONNX Runtime: the wheel, version and SHA-256 are those of models/convert/pins.json.
FROM ${BASE_RUNTIME} AS onnxruntime
RUN apt-get -qq update \
    && apt-get -qq install --no-install-recommends python3 python3-pip \
    && rm -rf /var/lib/apt/lists/*
WORKDIR /fetch
COPY models models
RUN models/get.sh onnxruntime

FROM ${BASE_RUNTIME}
LABEL org.opencontainers.image.title="ragscale" \
      org.opencontainers.image.description="Does a small model with retrieval beat a large one without it, on your documents?" \
      org.opencontainers.image.licenses="MIT OR Apache-2.0"
RUN apt-get -qq update \
    && apt-get -qq install --no-install-recommends ca-certificates libstdc++6 \
    && rm -rf /var/lib/apt/lists/*
# The cache is open to every user: a named volume takes its rights from here, and compose runs the
# container as the user who calls it.
RUN useradd --uid 1000 --user-group --no-create-home --home-dir /work ragscale \
    && install -d -o ragscale -g ragscale /work /work/reports \
    && install -d -m 1777 /work/.ragscale
COPY --from=onnxruntime /fetch/models/onnxruntime /usr/local/lib/onnxruntime
ENV ORT_DYLIB_PATH=/usr/local/lib/onnxruntime/libonnxruntime.so
COPY --from=binary /out/ragscale /usr/local/bin/ragscale
WORKDIR /work
USER ragscale
ENTRYPOINT ["ragscale"]
CMD ["--help"]
