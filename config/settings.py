"""Settings: the only reader of the environment (through config/env.py). A bad value stops the start by name."""

from datetime import timedelta
from hashlib import sha256
from pathlib import Path
from urllib.parse import urlsplit

from config import env

BASE_DIR = Path(__file__).resolve().parent.parent
ENV_FILE = env.read_file(BASE_DIR)

# --- Keys. Four of them, each with one job: rotating one never touches what another guards. ---
SECRET_KEY = env.key("SECRET_KEY")  # sessions and one-time links
VAULT_KEYS = env.keys("VAULT_KEYS")  # seals; the first one seals, all of them open
SALT_KEY = env.keys("SALT_KEY")  # salts of the key derivation
AUDIT_KEY = env.key("AUDIT_KEY")  # the audit's hash chain

# --- Where we are. ---
DEBUG = env.flag("DEBUG", False)
PORT = env.number("PORT", 8000, 1, 65535)
HOST = env.address("HOST", "127.0.0.1")
BASE_URL = env.base_url("BASE_URL", f"http://127.0.0.1:{PORT}")
TLS = BASE_URL.startswith("https://")
ALLOWED_HOSTS = env.words("ALLOWED_HOSTS", ["127.0.0.1", "localhost", str(urlsplit(BASE_URL).hostname)])
CSRF_TRUSTED_ORIGINS = [BASE_URL]
# Peers whose X-Forwarded-For and X-Forwarded-Proto are believed.
TRUSTED_PROXIES = env.words("TRUSTED_PROXIES", ["127.0.0.1"] if TLS else [])
DATABASES = {"default": env.database("DATABASE_URL", "sqlite:///data/strongroom.sqlite3", BASE_DIR)}
# A copy that may lag: lists, searches and the audit's pages are read there, and nothing that must be fresh.
if env.text("DATABASE_REPLICA_URL", ""):
    DATABASES["replica"] = env.database("DATABASE_REPLICA_URL", "", BASE_DIR)
ON_SQLITE = DATABASES["default"]["ENGINE"].endswith("sqlite3")
# SQLite has one writer: a second process only queues for its lock.
PROCESSES = env.number("PROCESSES", 1 if ON_SQLITE else 2, 1, 64)
THREADS = env.number("THREADS", 4, 1, 64)
CACHES = {"default": env.cache("CACHE_URL", "dbcache://strongroom_cache")}
vars().update(env.email("EMAIL_URL", "dummymail://"))
# Without a way to send mail there is no reset by mail either; its links must never end up in a log.
SENDS_MAIL = not str(vars()["EMAIL_BACKEND"]).endswith(("dummy.EmailBackend", "console.EmailBackend"))
DEFAULT_FROM_EMAIL = env.text("DEFAULT_FROM_EMAIL", f"strongroom@{urlsplit(BASE_URL).hostname}")

# --- Monitoring: off unless somebody may read it. ---
METRICS_TOKEN = env.optional_key("METRICS_TOKEN")
METRICS_NETWORKS = env.networks("METRICS_NETWORKS")
METRICS = bool(METRICS_TOKEN or METRICS_NETWORKS)
METRICS_FOLDER = str(BASE_DIR / env.text("METRICS_FOLDER", "data/metrics"))
if METRICS:
    env.share_metrics(METRICS_FOLDER)

# --- The application. ---
INSTALLED_APPS = [
    "credentials.apps.VaultAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.forms",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "csp",
    "credentials.apps.CredentialsConfig",
]
MIDDLEWARE = [
    "credentials.metrics.counted",
    # Headers first, so that files and refusals bear them too.
    "credentials.middleware.named",
    "django.middleware.security.SecurityMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "csp.middleware.CSPMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "credentials.middleware.limited",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "credentials.middleware.VaultErrors",
]
ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
TEMPLATES = [
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
    },
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
STATIC_URL = "static/"
STATIC_ROOT = BASE_DIR / env.text("STATIC_ROOT", "staticfiles")
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},  # nothing is ever uploaded
    "staticfiles": {"BACKEND": "config.storage.HashedStorage"},
}
LANGUAGE_CODE = "en"
TIME_ZONE = "UTC"
USE_TZ = True
USE_I18N = True

# --- Received codes. ---
CODE_MINUTES = env.number("CODE_MINUTES", 10, 1, 24 * 60)  # how old a code may be that a claim takes
MOST_WAITERS = env.number("MOST_WAITERS", 1000, 0, 100_000)  # of one process; more are told 503

# --- Who signs in, and how. ---
AUTH_USER_MODEL = "credentials.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
ACCOUNT_ADAPTER = "credentials.accounts.adapter.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"  # people are added by owners, never by themselves
ACCOUNT_EMAIL_SUBJECT_PREFIX = "[Strongroom] "
ACCOUNT_REAUTHENTICATION_TIMEOUT = 300
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_EMAIL_NOTIFICATIONS = True
# Ours are in vault/accounts.py: they hold for all processes, and the cache cannot forget them.
ACCOUNT_RATE_LIMITS = {"login": "", "login_failed": "", "reauthenticate": ""}
ACCOUNT_LOGOUT_REDIRECT_URL = "account_login"
ACCOUNT_DEFAULT_HTTP_PROTOCOL = "https" if TLS else "http"
MFA_ADAPTER = "credentials.accounts.adapter.MFAAdapter"
# A passkey belongs to a name: browsers know none for an address of digits.
PASSKEYS = not env.is_address(str(urlsplit(BASE_URL).hostname))
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes", *(["webauthn"] if PASSKEYS else [])]
MFA_PASSKEY_LOGIN_ENABLED = PASSKEYS
MFA_FORMS = {
    "authenticate": "credentials.accounts.forms.AuthenticateForm",
    "reauthenticate": "credentials.accounts.forms.ReauthenticateForm",
    "add_webauthn": "credentials.accounts.forms.AddPasskeyForm",
    "authenticate_webauthn": "credentials.accounts.forms.AuthenticatePasskeyForm",
    "reauthenticate_webauthn": "credentials.accounts.forms.ReauthenticatePasskeyForm",
    "login_webauthn": "credentials.accounts.forms.SignInPasskeyForm",
}
MFA_TOTP_ISSUER = "Strongroom"
ALLAUTH_TRUSTED_PROXY_COUNT = 0  # the server itself resolves the peer's address (TRUSTED_PROXIES)
PASSWORD_RESET_TIMEOUT = int(timedelta(days=3).total_seconds())

# --- Single sign-on by OpenID Connect, once a provider is named. ---
OIDC_ISSUER = env.provider("OIDC_ISSUER")
OIDC_NAME = env.text("OIDC_NAME", "single sign-on")
OIDC_GROUPS_CLAIM = env.text("OIDC_GROUPS_CLAIM", "groups")
OIDC_ROLES = env.roles("OIDC_ROLES")
SOCIALACCOUNT_ADAPTER = "credentials.accounts.sso.SocialAdapter"
SOCIALACCOUNT_STORE_TOKENS = False
SOCIALACCOUNT_PROVIDERS = {
    "openid_connect": {
        "APPS": [
            {
                # The issuer is part of an identity: another one's subjects are other people.
                "provider_id": f"oidc-{sha256(OIDC_ISSUER.encode()).hexdigest()[:16]}",
                "name": OIDC_NAME,
                "client_id": env.text("OIDC_CLIENT_ID", ""),
                "secret": env.text("OIDC_CLIENT_SECRET", ""),
                "settings": {"server_url": OIDC_ISSUER, "oauth_pkce_enabled": True, "fetch_userinfo": False},
            }
        ],
    },
}
if OIDC_ISSUER:
    INSTALLED_APPS += ["allauth.socialaccount", "allauth.socialaccount.providers.openid_connect"]

# --- Armour. ---
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        "font-src": ["'self'"],
        "connect-src": ["'self'"],
        "form-action": ["'self'"],
        "base-uri": ["'none'"],
        "frame-ancestors": ["'none'"],
    },
}
X_FRAME_OPTIONS = "DENY"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "no-referrer"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SECURE_SSL_REDIRECT = TLS
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$", r"^metrics$"]
SECURE_HSTS_SECONDS = int(timedelta(days=365).total_seconds()) if TLS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = TLS
SECURE_HSTS_PRELOAD = TLS
_COOKIE_PREFIX = "__Host-" if TLS else ""
SESSION_ENGINE = "config.sessions"
SESSION_COOKIE_NAME = f"{_COOKIE_PREFIX}strongroom_session"
SESSION_COOKIE_SECURE = TLS
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = int(timedelta(hours=12).total_seconds())
DEVICE_COOKIE_NAME = f"{_COOKIE_PREFIX}strongroom_device"  # which people this browser signed in before
DEVICE_COOKIE_AGE = int(timedelta(days=180).total_seconds())
CSRF_COOKIE_NAME = f"{_COOKIE_PREFIX}strongroom_csrf"
CSRF_COOKIE_SECURE = TLS
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Lax"
# Of one API key, and of what is no key from one address; over all processes. 0 is no limit.
REQUESTS_PER_MINUTE = env.number("REQUESTS_PER_MINUTE", 6000, 0, 10_000_000)
BAD_KEYS_PER_MINUTE = env.number("BAD_KEYS_PER_MINUTE", 300, 0, 10_000_000)
DATA_UPLOAD_MAX_MEMORY_SIZE = 1_000_000  # bytes; a larger body is answered 413 before it is read
DATA_UPLOAD_MAX_NUMBER_FIELDS = 500
DEFAULT_EXCEPTION_REPORTER_FILTER = "credentials.middleware.NothingToSee"

# --- The audit's ways out. Only an operator configures where they lead. ---
AUDIT_CHECKPOINT_FILE = env.path("AUDIT_CHECKPOINT_FILE", BASE_DIR)
AUDIT_CHECKPOINT_WEBHOOK = env.url("AUDIT_CHECKPOINT_WEBHOOK", {"http", "https"})
AUDIT_WEBHOOK = env.url("AUDIT_WEBHOOK", {"http", "https"})
AUDIT_WEBHOOK_TOKEN = env.text("AUDIT_WEBHOOK_TOKEN", "")
AUDIT_SYSLOG = env.url("AUDIT_SYSLOG", {"tcp", "udp", "unix"})
# Private networks that the audit may be sent to; all others are refused.
EGRESS_NETWORKS = env.networks("EGRESS_NETWORKS")

LOG_FORMAT = env.choice("LOG_FORMAT", ["json", "line"])
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "json": {"()": "config.logs.JsonLines"},
        "line": {"()": "config.logs.KindAndPlace", "format": "%(asctime)s %(levelname)s %(name)s %(message)s"},
    },
    "filters": {"routes": {"()": "config.logs.RoutesOnly"}, "secrets": {"()": "config.logs.NoSecrets"}},
    "handlers": {
        "stderr": {"class": "logging.StreamHandler", "formatter": LOG_FORMAT, "filters": ["routes", "secrets"]},
    },
    "root": {"handlers": ["stderr"], "level": "WARNING"},
    # Django's own handlers would mail tracebacks to ADMINS; one stream is enough.
    "loggers": {"django": {"handlers": [], "level": "WARNING", "propagate": True}},
}
