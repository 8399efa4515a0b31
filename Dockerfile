# Two stages, so that the image holds no tools of the build. Runs as nobody special, on a read-only file system.
FROM python:3.11-slim AS build
COPY requirements.txt /
RUN python -m venv /venv && /venv/bin/pip install --no-cache-dir --require-hashes -r /requirements.txt

FROM python:3.11-slim
RUN useradd --system --uid 10001 --home /nonexistent strongroom && install -d -o strongroom -m 700 /data
COPY --from=build /venv /venv
ENV PATH=/venv/bin:$PATH
COPY manage.py .env.example /app/
COPY config /app/config
COPY credentials /app/credentials
COPY static /app/static
COPY templates /app/templates
WORKDIR /app
# Static files belong to the image; the keys that collecting them asks for do not outlive the line.
RUN export STRONGROOM_ENV_FILE=/tmp/env DATABASE_URL=sqlite:////tmp/none.sqlite3 \
    && python config/make_env.py && python manage.py collectstatic --noinput -v0 \
    && rm -f /tmp/env /tmp/none.sqlite3
ENV STRONGROOM_ENV_FILE="" DATABASE_URL=sqlite:////data/strongroom.sqlite3 METRICS_FOLDER=/data/metrics \
    HOST=0.0.0.0 PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1
USER strongroom
EXPOSE 8000
VOLUME /data
HEALTHCHECK --interval=10s --timeout=5s --start-period=20s CMD \
    ["python", "-c", "import urllib.request as u; u.urlopen('http://127.0.0.1:8000/readyz', timeout=4)"]
CMD ["sh", "-c", "python manage.py migrate --noinput -v0 && exec python manage.py serve"]
