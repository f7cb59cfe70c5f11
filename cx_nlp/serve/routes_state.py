"""`/health`, `/labels` and `/metrics`."""

from __future__ import annotations

from fastapi import FastAPI
from prometheus_client import CONTENT_TYPE_LATEST
from starlette.responses import JSONResponse, PlainTextResponse, Response

from cx_nlp import __version__
from cx_nlp.serve.metrics import Metrics
from cx_nlp.serve.models import HealthOut, LabelsOut
from cx_nlp.serve.openapi import answers
from cx_nlp.tagger.frames import Tags
from cx_nlp.taxonomy import Taxonomy


class StateRoutes:
    """What the server says of itself."""

    def __init__(self, tagger: Tags, metrics: Metrics) -> None:
        self._health = {
            "status": "ok",
            "version": __version__,
            "model": str(getattr(tagger, "model_id", type(tagger).__name__)),
        }
        self._labels = _labels(tagger.taxonomy)
        self._metrics = metrics

    def add_to(self, app: FastAPI) -> None:
        """Makes the routes known."""
        app.add_api_route("/health", self.health, methods=["GET"], response_model=HealthOut,
                          summary="Whether the service takes work", responses=answers())  # fmt: skip
        app.add_api_route("/labels", self.labels, methods=["GET"], response_model=LabelsOut,
                          summary="The labels' names in both languages", responses=answers())  # fmt: skip
        app.add_api_route("/metrics", self.metrics, methods=["GET"], response_class=PlainTextResponse,
                          summary="Figures for Prometheus", responses=answers())  # fmt: skip

    async def health(self) -> Response:
        """Needs no token."""
        return JSONResponse(self._health)

    async def labels(self) -> Response:
        """Empty where the model has no taxonomy."""
        return JSONResponse(self._labels)

    async def metrics(self) -> Response:
        """In the text form of Prometheus."""
        return Response(self._metrics.text(), media_type=CONTENT_TYPE_LATEST)


def _labels(taxonomy: Taxonomy | None) -> dict[str, dict[str, dict[str, str]]]:
    if taxonomy is None:
        return {"touchpoints": {}, "factors": {}}
    return {
        "touchpoints": {
            label.id: {"en": label.name_en, "vi": label.name_vi} for label in taxonomy.touchpoints
        },
        "factors": {label.id: {"en": label.name_en, "vi": label.name_vi} for label in taxonomy.factors},
    }
