# Built from the locked dependencies; runs as nobody in particular, on a read-only root.
FROM python:3.11-slim AS build
WORKDIR /build
COPY requirements.txt .
RUN python -m venv /opt/dayzero \
 && /opt/dayzero/bin/pip install --no-cache-dir --require-hashes -r requirements.txt

FROM python:3.11-slim
RUN groupadd --gid 10001 dayzero && useradd --uid 10001 --gid 10001 --no-create-home dayzero \
 && install -d -o dayzero -g dayzero -m 0700 /var/lib/dayzero
COPY --from=build /opt/dayzero /opt/dayzero
COPY app /srv/dayzero/app
COPY migrations /srv/dayzero/migrations
RUN python -m compileall -q /srv/dayzero
WORKDIR /srv/dayzero
ENV PATH=/opt/dayzero/bin:$PATH \
    PYTHONPATH=/srv/dayzero \
    PYTHONDONTWRITEBYTECODE=1 \
    DAYZERO_DATA_DIRECTORY=/var/lib/dayzero
USER 10001:10001
VOLUME /var/lib/dayzero
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=3s --start-period=10s \
    CMD ["python", "-c", "import urllib.request as r; r.urlopen('http://127.0.0.1:8000/readyz', timeout=2)"]
ENTRYPOINT ["python", "-m", "app.cli"]
CMD ["serve", "--host", "0.0.0.0", "--port", "8000"]
