"""Matrix products by numpy's BLAS instead of thinc's own.

Most of a model's time goes into products of a few thousand rows by 288. The BLIS kernels that thinc brings reach 34 GFLOP/s there on a
core with AVX-512, numpy's OpenBLAS 97 (measured with 14,000 × 288 by 288 × 288 in float32): `ner` takes 36 % and `tok2vec` 42 % of
the time they take with thinc's. The numbers differ in the last digits only.
"""

from __future__ import annotations

from typing import Any

from spacy.language import Language
from thinc.api import NumpyOps, Ops
from threadpoolctl import ThreadpoolController


class Products(NumpyOps):
    """thinc's operations on numpy arrays, products by numpy's BLAS on one thread (a process a core is the better use of cores)."""

    def __init__(self) -> None:
        super().__init__(use_blis=False)
        self._threads = ThreadpoolController().select(user_api="blas")

    def __reduce__(self) -> tuple[type[Products], tuple[()]]:
        """Made anew in a copy: handles on the loaded libraries cannot be copied."""
        return Products, ()

    def gemm(self, x: Any, y: Any, out: Any = None, trans1: bool = False, trans2: bool = False) -> Any:
        """`x @ y`, either transposed first if so asked, into `out` if given."""
        with self._threads.limit(limits=1):
            return Ops.gemm(self, x, y, out=out, trans1=trans1, trans2=trans2)


def use_products(language: Language) -> Language:
    """Let all models of a pipeline multiply by numpy's BLAS; returns the pipeline."""
    operations = Products()
    for _, component in language.pipeline:
        model = getattr(component, "model", None)
        for node in model.walk() if model is not None else ():
            node.ops = operations
    return language
