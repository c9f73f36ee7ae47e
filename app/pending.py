"""The mask being made: prompts given so far, the model's answer, the user's choice. A frozen value and pure steps."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from app.effort import Effort
from sscore.labels import LabelSet
from sscore.naming import Naming
from sscore.types import UNKNOWN, Annotation, Candidate, Classifier, Mask, Prompt, Proposal, Scores, Segmenter

_NOTHING = Prompt()


@dataclass(frozen=True, slots=True, eq=False)
class Pending:
    """`prompts` is the history and `at` how many of it count (undo lowers it); `labels`: the user's word after each of
    its steps. A class is a step of its own, with the same prompt again. After the prompt was dropped, `cleared` steps
    can still be brought back. `draft` is a box still being dragged. `settled` says that `proposal` answers the present
    prompt; `scores` by candidate index; `effort`: what it took so far."""

    prompts: tuple[Prompt, ...] = ()
    labels: tuple[str, ...] = ()
    at: int = 0
    cleared: int = 0
    draft: Prompt | None = None
    proposal: Proposal | None = None
    settled: bool = False
    choice: int = 0
    scores: Mapping[int, Scores] = field(default_factory=dict)
    label: str = ""
    effort: Effort = Effort()

    @property
    def prompt(self) -> Prompt:
        if self.draft is not None:
            return self.draft
        return self.prompts[self.at - 1] if self.at else _NOTHING

    @property
    def asked_last(self) -> Prompt | None:
        """Without the box still being dragged; None when there is none."""
        return self.prompts[self.at - 1] if self.at else None

    @property
    def empty(self) -> bool:
        return self.prompt.empty

    @property
    def can_undo(self) -> bool:
        return bool(self.at or self.cleared)

    @property
    def can_redo(self) -> bool:
        return not self.cleared and self.at < len(self.prompts)

    @property
    def candidates(self) -> tuple[Candidate, ...]:
        return self.proposal.candidates if self.proposal else ()

    @property
    def candidate(self) -> Candidate | None:
        return self.candidates[self.choice] if self.choice < len(self.candidates) else None

    @property
    def mask(self) -> Mask | None:
        return self.candidate.mask if self.candidate else None

    @property
    def current_scores(self) -> Scores | None:
        return self.scores.get(self.choice)

    def best_label(self, unknown_below: float) -> str:
        """The user's word, else the classifier's if it is sure enough, else unknown."""
        if self.label:
            return self.label
        scores = self.current_scores
        return scores.best if scores is not None and float(scores.values[0]) >= unknown_below else UNKNOWN

    def asked(self, prompt: Prompt) -> Pending:
        """A new step of the prompt; steps that were undone are forgotten."""
        new = self._with_step(prompt, self.label)
        return replace(new, draft=None, settled=False)

    def named(self, label: str) -> Pending:
        """The user's word: a step as well, but what was asked and answered stays."""
        if label == self.label:
            return self
        return self._with_step(self.prompts[self.at - 1], label) if self.at else replace(self, label=label)

    def dropped(self) -> Pending:
        """Nothing any more, but what was begun can be brought back as the last step."""
        return Pending(prompts=self.prompts[: self.at], labels=self.labels[: self.at], cleared=self.at)

    def drafted(self, prompt: Prompt) -> Pending:
        return replace(self, draft=prompt, settled=False)

    def undone(self) -> Pending:
        return self._moved(self.cleared or max(self.at - 1, 0))

    def redone(self) -> Pending:
        return self._moved(min(self.at + 1, len(self.prompts)))

    def answered(self, proposal: Proposal, *, final: bool) -> Pending:
        scores = {0: proposal.scores} if proposal.scores is not None else {}
        return replace(self, proposal=proposal, settled=final, choice=0, scores=scores)

    def scored(self, choice: int, scores: Scores) -> Pending:
        return replace(self, scores={**self.scores, choice: scores})

    def worked_on(self) -> Pending:
        """With the work up to now."""
        return replace(self, effort=Effort() if self.empty else self.effort.until_now(self.asked_last))

    def left(self) -> Pending:
        """The photo is left: a box still being dragged is called off, and the work pauses."""
        return replace(self, draft=None, effort=self.effort.interrupted())

    def stepped(self, step: int) -> Pending:
        """Another candidate, round and round."""
        count = len(self.candidates)
        return replace(self, choice=(self.choice + step) % count) if count else self

    def _with_step(self, prompt: Prompt, label: str) -> Pending:
        at = self.at
        prompts, labels = (*self.prompts[:at], prompt), (*self.labels[:at], label)
        return replace(self, prompts=prompts, labels=labels, at=at + 1, cleared=0, label=label)

    def _moved(self, at: int) -> Pending:
        """Back or forth in the history; the answer stays where only the class is another."""
        moved = replace(self, at=at, cleared=0, draft=None, label=self.labels[at - 1] if at else "")
        if at and moved.asked_last is self.asked_last:
            return moved
        return replace(moved, settled=False, proposal=self.proposal if at else None)


def annotation_of(
    pending: Pending,
    segmenter: Segmenter | None,
    classifier: Classifier | None,
    *,
    labels: LabelSet | None,
    how: Naming,
    author: str,
) -> Annotation:
    """The object that a mask becomes when it is accepted. how: with the threshold of the unknown."""
    from sscore.recognize import made_by

    assert pending.candidate is not None and pending.mask is not None
    known = segmenter and made_by(segmenter, classifier, pending.candidate, labels=labels, naming=how)
    return Annotation(
        id=0,
        mask=pending.mask,
        label=pending.best_label(how.unknown_below),
        scores=pending.current_scores,
        status="accepted",
        made_by=known or {},
        prompt=replace(pending.prompt, logits=None),
        author=author,
        time=datetime.now(UTC).isoformat(timespec="seconds"),
        extra=dict(pending.effort.note),
    )
