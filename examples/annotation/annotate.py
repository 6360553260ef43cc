"""An annotator: one codebook, at work on the passages of one domain."""
from __future__ import annotations

from functools import lru_cache
from typing import Any

import nightcrew

from codebooks import CODEBOOKS, words
from corpus import DOMAINS, Passage, passages


@lru_cache(maxsize=None)
def load_model(annotator: str):
    """Builds the lexicon and measures the whole corpus. A worker has one annotator for life, so this happens once:
    what a large model needs, which must not be loaded anew for every passage."""
    print(f"loading the codebook {annotator}")  # into the worker's log
    return CODEBOOKS[annotator]([passage.text for domain in DOMAINS for passage in passages(domain)])


@lru_cache(maxsize=None)
def sample(domain: str, size: int) -> list[Passage]:
    """Passages spread evenly over the domain, the same for every annotator."""
    everything = passages(domain)
    if size > len(everything):  # a passage taken twice would count twice in the agreement
        raise ValueError(f"{domain} has only {len(everything)} passages in this version of Python: lower `of` and `passage`")
    return [everything[k * len(everything) // size] for k in range(size)]


@nightcrew.task
def run(job: nightcrew.Job, annotator: str, domain: str, passage: int, of: int) -> dict[str, Any]:
    """Annotates one passage of a domain: number 3 of 20, say."""
    topic, text = sample(domain, of)[passage - 1]
    return {"topic": topic, "words": len(words(text)), **load_model(annotator).annotate(text), "text": text}


nightcrew.run()
