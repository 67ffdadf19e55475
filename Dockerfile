# The image of every Datong process: `web`, `worker`, `migrate` and the other commands are arguments.
# It runs as user 10001 with a read-only root; what it writes lies in /data and /tmp.

# Icons and emoji, out of which the wheel takes those that are used.
FROM node:24-slim AS frontend
WORKDIR /src/frontend
COPY frontend/package.json frontend/package-lock.json ./
RUN npm ci --omit=dev --ignore-scripts --no-audit --no-fund

FROM python:3.11-slim AS build
WORKDIR /src
COPY requirements/build.txt requirements/build.txt
RUN python -m pip install --no-cache-dir --require-hashes -r requirements/build.txt
COPY pyproject.toml setup.py README.md LICENSE NOTICE ./
COPY requirements requirements
COPY src src
COPY --from=frontend /src/frontend frontend
RUN python -m pip wheel --no-deps --no-build-isolation --wheel-dir /dist .

FROM python:3.11-slim AS packages
WORKDIR /src
COPY requirements/base.txt requirements/otel.txt requirements/
RUN python -m venv /opt/datong \
    && /opt/datong/bin/python -m pip install --no-cache-dir --require-hashes \
    -r requirements/base.txt -r requirements/otel.txt
COPY --from=build /dist /dist
RUN /opt/datong/bin/python -m pip install --no-cache-dir --no-deps --no-index --find-links /dist datong

FROM python:3.11-slim AS runtime
RUN useradd --uid 10001 --user-group --no-create-home --home-dir /data --shell /usr/sbin/nologin datong \
    && install -d -o 10001 -g 10001 -m 0700 /data
COPY --from=packages /opt/datong /opt/datong
ENV PATH=/opt/datong/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    DATONG_DATA_DIR=/data \
    DATONG_HOST=0.0.0.0 \
    DATONG_PORT=8000
VOLUME /data
EXPOSE 8000
USER 10001:10001
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s --retries=3 \
    CMD ["python", "-c", \
    "import os, urllib.request as u; u.urlopen('http://127.0.0.1:' + os.environ['DATONG_PORT'] + '/health/live')"]
ENTRYPOINT ["datong"]
CMD ["web"]
