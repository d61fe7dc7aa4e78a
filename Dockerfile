FROM python:3.11-slim-trixie AS build

RUN python -m venv /opt/rekindle
COPY requirements/runtime.lock /tmp/runtime.lock
RUN /opt/rekindle/bin/python -m pip install --disable-pip-version-check --no-cache-dir --only-binary :all: \
    --require-hashes --no-deps --requirement /tmp/runtime.lock

COPY app /srv/rekindle/app
COPY migrations /srv/rekindle/migrations
COPY examples /srv/rekindle/examples
# Compiled here, the content too, because whoever runs it may write nothing; and pip has done its work.
RUN /opt/rekindle/bin/python -m compileall -q -j 0 /srv/rekindle \
    && PYTHONPATH=/srv/rekindle /opt/rekindle/bin/python -m app.rulesets.kept_ruleset \
    && /opt/rekindle/bin/python -m pip uninstall --yes --quiet pip setuptools \
    && printf '#!/bin/sh\nexec /opt/rekindle/bin/python -m app "$@"\n' > /opt/rekindle/bin/rekindle \
    && chmod 755 /opt/rekindle/bin/rekindle \
    && install -d -o 10001 -g 10001 -m 700 /var/lib/rekindle /var/lib/rekindle/keys


FROM python:3.11-slim-trixie

# pg_dump and pg_restore, for `rekindle backup` and `rekindle restore`: Debian 13 has those of PostgreSQL 17.
RUN apt-get update \
    && apt-get install --yes --no-install-recommends postgresql-client \
    && rm -rf /var/lib/apt/lists/*
LABEL org.opencontainers.image.title="Rekindle" \
    org.opencontainers.image.licenses="Apache-2.0"
COPY LICENSE /srv/rekindle/LICENSE
COPY --from=build /opt/rekindle /opt/rekindle
COPY --from=build /srv/rekindle /srv/rekindle
# A volume that is new takes over whose these folders are.
COPY --from=build --chown=10001:10001 /var/lib/rekindle /var/lib/rekindle
ENV PATH=/opt/rekindle/bin:$PATH \
    PYTHONPATH=/srv/rekindle \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    REKINDLE_DATABASE_URL=sqlite:////var/lib/rekindle/rekindle.db \
    REKINDLE_KEY_FILE=/var/lib/rekindle/keys/rekindle.keys \
    REKINDLE_LOG_FORMAT=json
WORKDIR /var/lib/rekindle
USER 10001:10001
EXPOSE 8000
# The first process of a container hears SIGTERM only once it listens for it; Python always listens for SIGINT.
STOPSIGNAL SIGINT
HEALTHCHECK --interval=10s --timeout=3s --start-period=30s --retries=3 \
    CMD ["python", "-c", "from http.client import HTTPConnection as To; to = To('127.0.0.1', 8000, timeout=2); to.request('GET', '/healthz'); raise SystemExit(to.getresponse().status != 200)"]
ENTRYPOINT ["rekindle"]
CMD ["serve", "--host", "0.0.0.0", "--port", "8000"]
