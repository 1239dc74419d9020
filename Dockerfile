# One image for the server and the worker. Build: docker build -t mishmob .
FROM python:3.12-slim-bookworm AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1
WORKDIR /srv/mishmob
COPY requirements requirements
RUN python -m venv .venv && .venv/bin/pip install --no-cache-dir --require-hashes -r requirements/runtime.txt

FROM node:22-bookworm-slim AS web
WORKDIR /srv/mishmob
COPY web web
RUN VENV=.venv bash web/build.sh

FROM python:3.12-slim-bookworm
RUN useradd --system --create-home mishmob
WORKDIR /srv/mishmob
COPY --from=build /srv/mishmob/.venv .venv
COPY . .
COPY --from=web /srv/mishmob/var/static var/static
RUN mkdir -p var/media && chown -R mishmob var
USER mishmob
ENV PATH="/srv/mishmob/.venv/bin:$PATH" PYTHONUNBUFFERED=1
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=3s --start-period=30s \
  CMD python -c "import os,urllib.request as u; u.urlopen(f'http://127.0.0.1:{os.environ.get(\"PORT\",\"8000\")}/healthz')"
CMD ["python", "manage.py", "serve", "--host", "0.0.0.0"]
