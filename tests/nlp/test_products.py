"""Products by numpy's BLAS: in use in every model, right, and on one thread without changing the process's setting."""

from __future__ import annotations

import copy
import pickle

import numpy as np
import pytest
from threadpoolctl import threadpool_info, threadpool_limits

from nlp.pipeline import Extractor
from nlp.products import Products


@pytest.mark.parametrize("trans1", [False, True])
@pytest.mark.parametrize("trans2", [False, True])
@pytest.mark.parametrize("rows", [1, 2, 300])
def test_products_are_right(rows: int, trans1: bool, trans2: bool) -> None:
    rng = np.random.default_rng(1)
    x = rng.random((7, rows) if trans1 else (rows, 7)).astype("f")
    y = rng.random((5, 7) if trans2 else (7, 5)).astype("f")
    expected = np.einsum("ij,jk->ik", x.T if trans1 else x, y.T if trans2 else y)
    np.testing.assert_allclose(Products().gemm(x, y, trans1=trans1, trans2=trans2), expected, rtol=1e-5)
    out = np.zeros((rows, 5), dtype="f")
    assert Products().gemm(x, y, out=out, trans1=trans1, trans2=trans2) is out
    np.testing.assert_allclose(out, expected, rtol=1e-5)


def test_threads_of_the_process_stay_as_they_were(monkeypatch: pytest.MonkeyPatch) -> None:
    def threads() -> list[int]:
        return [library["num_threads"] for library in threadpool_info() if library["user_api"] == "blas"]

    inside: list[int] = []
    with threadpool_limits(2, user_api="blas"):
        before = threads()
        monkeypatch.setattr("nlp.products.Ops.gemm", lambda *_args, **_named: inside.extend(threads()))
        Products().gemm(np.ones((2, 2), dtype="f"), np.ones((2, 2), dtype="f"))
        assert threads() == before
    assert set(inside) == {1}


def test_every_model_of_the_pipeline_uses_them(extractor: Extractor) -> None:
    models = {name: component.model for name, component in extractor.language.pipeline if hasattr(component, "model")}
    assert set(models) == {"ner", "tok2vec", "tagger", "parser"}
    assert all(isinstance(node.ops, Products) for model in models.values() for node in model.walk())


def test_a_copy_multiplies_too() -> None:
    for copied in (copy.deepcopy(Products()), pickle.loads(pickle.dumps(Products()))):
        np.testing.assert_array_equal(copied.gemm(np.eye(2, dtype="f"), np.ones((2, 2), dtype="f")), np.ones((2, 2)))
