"""Settings. Everything comes from the environment; what is missing in production stops the start with a message."""

from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import environ
import structlog
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured

from invoiceguard_site.local_services import embedded_broker_url, embedded_database_url

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()

DEBUG: bool = env.bool("DEBUG", default=False)
#: Set by `make run` and the tests: plain HTTP on this machine, so no secure cookies and no HSTS.
LOCAL: bool = env.bool("INVOICEGUARD_LOCAL", default=False)
VAR_DIR: Path = Path(env.str("INVOICEGUARD_VAR", default=str(BASE_DIR / "var"))).resolve()

SECRET_KEY: str = env.str("SECRET_KEY", default="")
if not SECRET_KEY:
    if not DEBUG:
        raise ImproperlyConfigured(
            "SECRET_KEY is not set. Generate one with `python -c 'import secrets; print(secrets.token_urlsafe(50))'` "
            "and put it into the environment; `make run` does this for a local start."
        )
    SECRET_KEY = "insecure-key-for-debug-only"  # noqa: S105 - refused above unless DEBUG is on
#: What stored keys of API players are encrypted with: the first encrypts, all decrypt (`manage.py reseal_keys`).
FIELD_ENCRYPTION_KEYS: list[str] = env.list("FIELD_ENCRYPTION_KEYS", default=[]) or [SECRET_KEY]
ALLOWED_HOSTS: list[str] = env.list("ALLOWED_HOSTS", default=["localhost", "127.0.0.1"] if DEBUG or LOCAL else [])
CSRF_TRUSTED_ORIGINS: list[str] = env.list("CSRF_TRUSTED_ORIGINS", default=[])

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.humanize",
    "django.contrib.messages",
    "django.contrib.sessions",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "axes",
    "csp",
    "django_filters",
    "django_htmx",
    "django_structlog",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "knox",
    "rest_framework",
    "exceptions",
    "evaluation",
    "training",
    "invoiceguard_site",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "invoiceguard_site.static_responses.StaticFilesMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_structlog.middlewares.RequestMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "invoiceguard_site.urls"
ASGI_APPLICATION = "invoiceguard_site.asgi.application"
TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    }
]

# Database. A pool, because under ASGI every request runs in a thread of its own.
DATABASES: dict[str, dict[str, Any]] = {
    "default": env.db_url_config(env.str("DATABASE_URL", default="") or embedded_database_url(VAR_DIR))
}
DATABASES["default"].setdefault("OPTIONS", {})["pool"] = {
    "min_size": 1,
    "max_size": env.int("DATABASE_POOL_MAX", default=16),
    "timeout": 10,
}
DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# Broker and cache: one Redis or Valkey.
REDIS_URL: str = env.str("REDIS_URL", default="") or embedded_broker_url(VAR_DIR)
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": REDIS_URL,
        "OPTIONS": {"socket_connect_timeout": 1, "socket_timeout": 2},
    }
}


def _broker_url(redis_url: str) -> str:
    """Celery's spelling of a Redis URL: a Unix socket is `redis+socket:///path?virtual_host=0` to kombu."""
    parts = urlsplit(redis_url)
    return f"redis+socket://{parts.path}?virtual_host=0" if parts.scheme == "unix" else redis_url


# Celery: the row in Postgres decides, a message only carries an id.
CELERY_BROKER_URL = _broker_url(REDIS_URL)
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TASK_DEFAULT_QUEUE = "cpu"
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 12 * 3600,
    "socket_connect_timeout": 1,
    "socket_timeout": 5,
    "max_retries": 1,
    "interval_start": 0,
    "interval_max": 0.2,
}
CELERY_TASK_PUBLISH_RETRY = False
CELERY_WORKER_CANCEL_LONG_RUNNING_TASKS_ON_CONNECTION_LOSS = False
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BEAT_SCHEDULE_FILENAME = str(VAR_DIR / "celerybeat-schedule")
CELERY_BEAT_SCHEDULE = {
    "end-forgotten-sessions": {
        "task": "exceptions.end_forgotten_sessions",
        "schedule": 30.0,
        "options": {"expires": 60},
    },
    "reap-lost-episodes": {
        "task": "exceptions.reap_lost_episodes",
        "schedule": 5.0,
        "options": {"expires": 10},
    },
    "look-after-evaluation-runs": {
        "task": "evaluation.look_after_runs",
        "schedule": 5.0,
        "options": {"expires": 10},
    },
    "look-after-hub-transfers": {
        "task": "training.look_after_transfers",
        "schedule": 15.0,
        "options": {"expires": 30},
    },
    "look-after-training-runs": {
        "task": "training.look_after_runs",
        "schedule": 5.0,
        "options": {"expires": 10},
    },
}

# Who is who.
AUTHENTICATION_BACKENDS = ["axes.backends.AxesStandaloneBackend", "django.contrib.auth.backends.ModelBackend"]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "login"
LOGIN_REDIRECT_URL = "desk"
LOGOUT_REDIRECT_URL = "login"
LOGIN_ATTEMPTS_PER_MINUTE = env.int("LOGIN_ATTEMPTS_PER_MINUTE", default=20)
AXES_FAILURE_LIMIT = env.int("LOGIN_FAILURE_LIMIT", default=5)
AXES_COOLOFF_TIME = env.float("LOGIN_COOLOFF_HOURS", default=0.25)
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_LOCKOUT_CALLABLE = "invoiceguard_site.views.locked_out"
AXES_RESET_ON_SUCCESS = True
AXES_VERBOSE = False

# Browser security.
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF],
        "connect-src": [SELF],
        "object-src": [NONE],
        "base-uri": [NONE],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}
X_FRAME_OPTIONS = "DENY"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_AGE = 12 * 3600
CSRF_COOKIE_HTTPONLY = False  # htmx reads the token from the page, scripts of clients from the cookie
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
_https = not (DEBUG or LOCAL)
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = _https
SECURE_SSL_REDIRECT = env.bool("SECURE_SSL_REDIRECT", default=_https)
SECURE_HSTS_SECONDS = env.int("SECURE_HSTS_SECONDS", default=365 * 24 * 3600 if _https else 0)
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = _https
SECURE_REDIRECT_EXEMPT = [r"^healthz$"]
if env.bool("BEHIND_TLS_PROXY", default=False):
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

# Uploads: what is larger is refused with the reason, before it is read into memory.
UPLOAD_MAX_BYTES = env.int("UPLOAD_MAX_BYTES", default=32 * 1024 * 1024)
UPLOAD_MAX_FILES = 50
DATA_UPLOAD_MAX_MEMORY_SIZE = UPLOAD_MAX_BYTES
DATA_UPLOAD_MAX_NUMBER_FILES = UPLOAD_MAX_FILES

# REST.
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "exceptions.api.authentication.DeskTokenAuthentication",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["exceptions.api.parsers.BoundedJSONParser"],
    "DEFAULT_FILTER_BACKENDS": ["django_filters.rest_framework.DjangoFilterBackend"],
    "DEFAULT_PAGINATION_CLASS": "exceptions.api.pagination.CreatedCursorPagination",
    "PAGE_SIZE": 50,
    "DEFAULT_SCHEMA_CLASS": "exceptions.api.schema.DeskSchema",
    "DEFAULT_METADATA_CLASS": "exceptions.api.metadata.AllowedMethods",
    "URL_FORMAT_OVERRIDE": None,
    "EXCEPTION_HANDLER": "exceptions.api.problems.problem_handler",
    "DEFAULT_THROTTLE_RATES": {
        "sessions": env.str("RATE_SESSIONS", default="120/min"),
        "steps": env.str("RATE_STEPS", default="3000/min"),
        "imports": env.str("RATE_IMPORTS", default="60/min"),
        "evaluations": env.str("RATE_EVALUATIONS", default="60/min"),
        "trainings": env.str("RATE_TRAININGS", default="30/min"),
        "exports": env.str("RATE_EXPORTS", default="20/min"),
        "tokens": env.str("RATE_TOKENS", default="20/min"),
        "openenv-resets": env.str("RATE_OPENENV_RESETS", default="3000/min"),
        "openenv-steps": env.str("RATE_OPENENV_STEPS", default="60000/min"),
        "endpoint_trials": env.str("RATE_ENDPOINT_TRIALS", default="20/min"),
    },
    "UNAUTHENTICATED_USER": "django.contrib.auth.models.AnonymousUser",
}
REST_KNOX = {"TOKEN_TTL": None, "TOKEN_LIMIT_PER_USER": 20, "AUTH_HEADER_PREFIX": "Token"}
SPECTACULAR_SETTINGS = {
    "TITLE": "InvoiceGuard API",
    "DESCRIPTION": "Play invoice exceptions, fetch episodes, bring cases and documents in.",
    "VERSION": "1",
    "OAS_VERSION": "3.1.0",
    "SCHEMA_PATH_PREFIX": "/api/v1",
    # Its one hook moves enumerations into components; the models do that themselves.
    "POSTPROCESSING_HOOKS": [],
    "SERVE_INCLUDE_SCHEMA": False,
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "REDOC_DIST": "SIDECAR",
    # What comes in and what goes out are different models already.
    "COMPONENT_SPLIT_REQUEST": False,
    # No badge of a validator elsewhere: the pages ask nobody but this site.
    "SWAGGER_UI_SETTINGS": {
        "deepLinking": False,
        "validatorUrl": None,
        "defaultModelsExpandDepth": -1,
        "syntaxHighlight": False,
    },
    "TAGS": [
        {"name": "sessions", "description": "Play a case, step by step."},
        {"name": "cases", "description": "What there is to play, and case packs coming in."},
        {"name": "episodes", "description": "What happened, one by one or all at once."},
        {"name": "evaluations", "description": "Let players play cases, and see how well they do."},
        {"name": "training", "description": "Let models learn, and watch them do so."},
        {"name": "players", "description": "People, scripts and models."},
        {"name": "comparisons", "description": "Who is better, and whether it can be said."},
        {"name": "documents", "description": "Real trades coming in."},
    ],
}

# Play.
#: The model that comes with the project, and the rule engine beside it.
SHIPPED_LANE = ["smollm2-135m-headline-resolver-epoch-1", "three-way-match"]
#: Players that the workspace's lane asks for, in the order of its tabs.
LANE_PLAYERS: list[str] = env.list("LANE_PLAYERS", default=SHIPPED_LANE)
#: Seconds after which the lease of a worker that stopped renewing it may be taken by another.
EPISODE_LEASE_SECONDS = env.int("EPISODE_LEASE_SECONDS", default=20)
EPISODE_MAX_ATTEMPTS = 3
#: How often a worker renews what it holds of an evaluation run, and looks whether the run was stopped.
EVALUATION_HEARTBEAT_SECONDS = 1.0
WORKER_LOST_SECONDS = 20
#: Strangers may play over OpenEnv, all as one account, and so see the answers to what they have played.
PUBLIC_DEMO: bool = env.bool("PUBLIC_DEMO", default=False)
#: OpenEnv sessions with an episode in play, of everybody and of one user; also the WebSockets of one process.
OPENENV_SESSIONS = env.int("OPENENV_SESSIONS", default=256)
OPENENV_SESSIONS_PER_USER = env.int("OPENENV_SESSIONS_PER_USER", default=64)
#: Seconds without a step after which a session is cancelled: over OpenEnv, and over REST.
OPENENV_IDLE_SECONDS = env.int("OPENENV_IDLE_SECONDS", default=900)
SESSION_IDLE_SECONDS = env.int("SESSION_IDLE_SECONDS", default=24 * 3600)
MODEL_CACHE_DIR: Path = VAR_DIR / "models"

# Training.
#: Where workers write checkpoints, a folder for each run. Adapters go on into the storage `adapters`.
TRAINING_DIR: Path = VAR_DIR / "training"
#: Seconds after which the lease of a worker that stopped renewing it may be taken by another.
TRAINING_LEASE_SECONDS = env.int("TRAINING_LEASE_SECONDS", default=30)
#: How often a worker writes what its run has to tell, renews the lease, and looks whether the run is to stop.
TRAINING_HEARTBEAT_SECONDS = 1.0
TRAINING_MAX_ATTEMPTS = 3
#: The Hugging Face Hub that adapters are pushed to and loaded from.
HF_ENDPOINT: str = env.str("HF_ENDPOINT", default="").rstrip("/") or "https://huggingface.co"

# Language, time, files.
LANGUAGE_CODE = "en-gb"
TIME_ZONE = env.str("TIME_ZONE", default="UTC")
USE_I18N = False
USE_TZ = True
USE_THOUSAND_SEPARATOR = False
STATIC_URL = "static/"
STATIC_ROOT = VAR_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES: dict[str, dict[str, Any]] = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    # Traces to train on. All processes must see the same ones: a folder that they share, or a bucket.
    "datasets": env.json("DATASET_STORAGE", default=None)
    or {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": str(VAR_DIR / "datasets")},
    },
    # Trained weights. All processes must see the same ones: a folder that they share, or a bucket.
    "adapters": env.json("ADAPTER_STORAGE", default=None)
    or {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": str(VAR_DIR / "adapters"), "allow_overwrite": True},
    },
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
MEDIA_ROOT = VAR_DIR / "media"

# Logs: one line per event; JSON outside a terminal.
structlog.configure(
    processors=[
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.filter_by_level,
        structlog.processors.TimeStamper(fmt="iso"),
        structlog.stdlib.add_logger_name,
        structlog.stdlib.add_log_level,
        structlog.processors.format_exc_info,
        structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
    ],
    logger_factory=structlog.stdlib.LoggerFactory(),
    cache_logger_on_first_use=True,
)
LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {
            "()": structlog.stdlib.ProcessorFormatter,
            # What libraries log through the standard library, in the same shape.
            "foreign_pre_chain": [
                structlog.processors.TimeStamper(fmt="iso"),
                structlog.stdlib.add_logger_name,
                structlog.stdlib.add_log_level,
                structlog.processors.format_exc_info,
            ],
            "processor": structlog.processors.KeyValueRenderer(key_order=["timestamp", "level", "event"])
            if DEBUG or LOCAL
            else structlog.processors.JSONRenderer(),
        }
    },
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": env.str("LOG_LEVEL", default="INFO")},
    "loggers": {
        "django.request": {"level": "ERROR"},
        "axes": {"level": "WARNING"},
        # "received" and "succeeded" of every task, of which one recurs every few seconds.
        "celery.app.trace": {"level": "WARNING"},
        "celery.worker.strategy": {"level": "WARNING"},
        "django_structlog": {"level": "WARNING"},
        # A line for every request to a player's endpoint.
        "httpx2": {"level": "WARNING"},
    },
}
