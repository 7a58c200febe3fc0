# syntax=docker/dockerfile:1
# Three stages: front-end files, the Python environment, and a small image that holds only what runs.

FROM node:22-slim AS frontend
WORKDIR /src
COPY package.json package-lock.json .npmrc ./
RUN npm ci --omit=dev

FROM python:3.11-slim AS builder
WORKDIR /src
COPY requirements.txt requirements-dev.txt ./
# uv is pinned, with its hashes, in requirements-dev.txt.
RUN sed -n '/^uv==/,/[^\\]$/p' requirements-dev.txt >uv.txt \
    && pip install --no-cache-dir --no-deps --require-hashes -r uv.txt \
    && python -m venv --without-pip /opt/tessera \
    && uv pip sync --python /opt/tessera/bin/python --require-hashes --compile-bytecode requirements.txt
COPY pyproject.toml ./
COPY scripts/copy_frontend.py scripts/
COPY app app
COPY importers importers
COPY exports exports
COPY --from=frontend /src/node_modules node_modules
RUN python scripts/copy_frontend.py \
    && uv pip install --python /opt/tessera/bin/python --no-deps --compile-bytecode \
        --build-constraints requirements-dev.txt --require-build-hashes .

FROM python:3.11-slim
RUN useradd --system --uid 10001 --home-dir /data --create-home tessera
COPY --from=builder /opt/tessera /opt/tessera
ENV PATH=/opt/tessera/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    TESSERA_DATA_DIR=/data
USER tessera
WORKDIR /data
VOLUME /data
EXPOSE 8000
HEALTHCHECK --interval=15s --timeout=5s --start-period=30s --retries=4 \
    CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8000/healthz', timeout=4)"]
ENTRYPOINT ["tessera"]
CMD ["serve", "--host", "0.0.0.0", "--port", "8000"]
