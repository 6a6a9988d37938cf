# The hub without its embedded PostgreSQL: give it a database.
#   docker build -t hub . && docker run -p 8080:8080 -e HUB_DATABASE__URL=postgresql://… hub
FROM python:3.11-slim AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1 PIP_ROOT_USER_ACTION=ignore
WORKDIR /src

# What the running hub needs and nothing else; this layer changes with its lock file only.
COPY requirements-runtime.lock ./
RUN python -m venv /opt/hub && /opt/hub/bin/pip install --require-hashes -r requirements-runtime.lock

# The tools that make the page and the wheel, Node among them; they stay behind in this stage.
COPY requirements.lock ./
RUN pip install --require-hashes -r requirements.lock

COPY pyproject.toml README.md hatch_build.py ./
COPY hub ./hub
COPY actors ./actors
COPY storage ./storage
COPY web ./web
RUN pip wheel --no-deps --no-build-isolation --wheel-dir /dist . \
    && /opt/hub/bin/pip install --no-deps --no-index /dist/*.whl

FROM python:3.11-slim
RUN groupadd --gid 10001 hub \
    && useradd --uid 10001 --gid 10001 --home-dir /data --no-create-home --shell /usr/sbin/nologin hub \
    && install -d -o hub -g hub -m 0700 /data
COPY --from=build /opt/hub /opt/hub
ENV PATH=/opt/hub/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 HUB_DATA=/data HUB_SERVER__HOST=0.0.0.0
USER 10001:10001
WORKDIR /data
VOLUME /data
EXPOSE 8080
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=3s --start-period=30s CMD ["python", "-c", "import os, urllib.request as u; u.urlopen('http://127.0.0.1:%s/healthz' % os.environ.get('HUB_SERVER__PORT', '8080'), timeout=2)"]
ENTRYPOINT ["hub"]
CMD ["serve"]
