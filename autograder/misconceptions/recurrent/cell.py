"""Known wrong answers to ``RNNCell``: what a cell keeps, and what it forgets."""

from autograder.misconceptions.recurrent.forms import cell, counting
from autograder.misconceptions.recurrent.rules import (
    BACKWARDS,
    COLLECTED,
    FORGET,
    READ_ONLY,
    READERS,
    SECOND_INDEX,
    SLOPE,
    SUMMED,
    WHICH_SUM,
)

_STEPS = "self.steps = []"
_STATE = "self.h = h0"
_CARRY = "self.dh_carry = np.zeros(h0.shape)"
_WEIGHT_SUMS = "self.dWx, self.dWh = np.zeros(self.Wx.shape), np.zeros(self.Wh.shape)"
_BIAS_SUMS = "self.dbx, self.dbh = np.zeros(self.bx.shape), np.zeros(self.bh.shape)"
_NEXT = "h = np.tanh(x @ self.Wx + self.bx + self.h @ self.Wh + self.bh)"
_ONWARD = "self.h = h\n"
_POP = "x, prev_h, h = self.steps.pop()"
_DA = "da = (dh_out + self.dh_carry) * (1 - h**2)"
_SUM_WX, _SUM_WH = "self.dWx += x.T @ da", "self.dWh += prev_h.T @ da"
_SUM_BX, _SUM_BH = "self.dbx += np.sum(da, axis=0)", "self.dbh += np.sum(da, axis=0)"
_CARRIED = "self.dh_carry = da @ self.Wh.T"

_LEFT = "What is left in the cell of the sequence before, when start has run?"
_BIASES = "Which of the two biases moves the sum inside the tanh more, if both grow by 1?"
_BOTH = "Both biases are added to the same sum: their gradients are equal, and neither is halved."
_HOLDS = "The cell holds the state after the last step; start gives it the first one."


def _unless_there(line: str, name: str) -> str:
    """The statement ``line`` of ``start``, carried out only while the cell has no ``name``."""
    return f'if not hasattr(self, "{name}"):\n            {line}'


MISTAKES = (
    cell(
        "RC01",
        title="start leaves the carry of the sequence before",
        question=_LEFT,
        remedy=FORGET,
        check="second",
        edits=((_CARRY, _unless_there(_CARRY, "dh_carry")),),
    ),
    cell(
        "RC02",
        title="start leaves the sums of the sequence before",
        question=_LEFT,
        remedy=FORGET,
        check="second",
        edits=(
            (_WEIGHT_SUMS, _unless_there(_WEIGHT_SUMS, "dWx")),
            (_BIAS_SUMS, _unless_there(_BIAS_SUMS, "dbx")),
        ),
    ),
    counting(
        "RC03",
        title="start leaves the inputs of the sequence before in the list",
        question=_LEFT,
        remedy=FORGET,
        check="second",
        edits=(("        self.x, self.states = [], [h0]\n", "        self.states = [h0]\n"),),
    ),
    counting(
        "RC04",
        title="start does not set the counter of steps back",
        question=_LEFT,
        remedy=FORGET,
        check="second",
        edits=(("self.step = 0", 'self.step = getattr(self, "step", 0)'),),
    ),
    cell(
        "RC05",
        title="start refuses while steps are left of the sequence before",
        question="May a sequence be left half-way back, as in truncated backpropagation?",
        remedy=FORGET,
        check="second",
        edits=((_STEPS, 'assert not getattr(self, "steps", [])\n        ' + _STEPS),),
    ),
    cell(
        "RC06",
        title="start forgets the weights, too, so that the next sequence fails",
        question="What does the next sequence need that the one before needed, too?",
        remedy="Weights and biases stay; steps, carry and sums go.",
        check="second",
        edits=(
            (
                _STEPS,
                'if hasattr(self, "steps"):\n            self.Wx = None\n        ' + _STEPS,
            ),
        ),
    ),
    cell(
        "RC07",
        title="start keeps the last state instead of h0",
        question="From which state does a new sequence start?",
        remedy=_HOLDS,
        check="second",
        edits=((_STATE, _unless_there(_STATE, "h")),),
    ),
    cell(
        "RC08",
        title="the carry belongs to the class: all cells share it, and it survives",
        question="Where is the carry made: in each cell, or once for all?",
        remedy=FORGET,
        check="repeatable",
        edits=(
            (_CARRY, 'self.dh_carry = vars(RNNCell).get("left", 0) + np.zeros(h0.shape)'),
            (_CARRIED, "RNNCell.left = self.dh_carry = da @ self.Wh.T"),
        ),
    ),
    cell(
        "RC09",
        title="the state is not moved on: every step starts from h0",
        question="What does the cell hold after a step?",
        remedy=_HOLDS,
        check="states",
        edits=((_ONWARD, "\n"),),
    ),
    cell(
        "RC10",
        title="only one of the two biases is added",
        question="Which four terms does the sum inside the tanh have?",
        remedy="The sum is x @ Wx + bx + h @ Wh + bh.",
        check="states",
        edits=((_NEXT, _NEXT.replace(" + self.bh)", ")")),),
    ),
    cell(
        "RC24",
        title="forward returns a pair, as rnn_step_forward does",
        question="What does the docstring say that forward returns, and where does a cell keep the rest?",
        remedy="forward returns the next state alone: what the way back needs is kept in the cell.",
        check="states",
        edits=(("        return h\n", "        return h, (x, h)\n"),),
    ),
    cell(
        "RC25",
        title="backward returns all gradients, as rnn_step_backward does",
        question="What does the docstring say that backward returns, and where are the others?",
        remedy="backward returns dx of its step alone: carry and sums are attributes of the cell.",
        check="gradients",
        edits=(
            ("return da @ self.Wx.T", "return da @ self.Wx.T, self.dh_carry, self.dWx, self.dWh"),
        ),
    ),
    cell(
        "RC11",
        title="the gradient is halved between the two biases",
        question=_BIASES,
        remedy=_BOTH,
        check="gradients",
        edits=(
            (_SUM_BX, _SUM_BX + " / 2"),
            (_SUM_BH, _SUM_BH + " / 2"),
        ),
    ),
    cell(
        "RC12",
        title="both biases share one array for their sums, so that each gets both",
        question="How many arrays are there after self.dbx = self.dbh = np.zeros(...)?",
        remedy=_BOTH,
        check="gradients",
        edits=((_BIAS_SUMS, "self.dbx = self.dbh = np.zeros(self.bx.shape)"),),
    ),
    cell(
        "RC13",
        title="the bias of the state gets no gradient",
        question=_BIASES,
        remedy=_BOTH,
        check="gradients",
        edits=((_SUM_BH, "pass"),),
    ),
    cell(
        "RC14",
        title="steps are taken from the front of the list: first in, first out",
        question="Which step does the first call of backward belong to?",
        remedy=BACKWARDS,
        check="gradients",
        edits=((_POP, _POP.replace("pop()", "pop(0)")),),
    ),
    cell(
        "RC15",
        title="the step is read and not taken off the list: backward stays where it is",
        question="Which step does the second call of backward belong to?",
        remedy=BACKWARDS,
        check="gradients",
        edits=((_POP, _POP.replace(".pop()", "[-1]")),),
    ),
    cell(
        "RC16",
        title="what is carried is not added",
        question="Who reads a state, and what does each of them send back?",
        remedy=READERS,
        check="gradients",
        edits=((_DA, _DA.replace("(dh_out + self.dh_carry)", "dh_out")),),
    ),
    cell(
        "RC17",
        title="what is carried is added up instead of replaced",
        question="Which step reads a state besides the layers above: only the next, or all later ones?",
        remedy="The next step's share contains those of all later ones already: it replaces them.",
        check="gradients",
        edits=((_CARRIED, _CARRIED.replace(" = ", " = self.dh_carry + ")),),
    ),
    cell(
        "RC18",
        title="the transpose of Wh is missing, which runs because Wh is square",
        question=WHICH_SUM,
        remedy=SECOND_INDEX,
        check="gradients",
        edits=((_CARRIED, "self.dh_carry = da @ self.Wh"),),
    ),
    cell(
        "RC19",
        title="the slope of the tanh is missing",
        question="By how much does tanh(a) grow when a grows a little?",
        remedy=SLOPE,
        check="gradients",
        edits=((_DA, "da = dh_out + self.dh_carry"),),
    ),
    cell(
        "RC20",
        title="the gradients of the weights are those of the last call alone",
        question="How many steps use Wh?",
        remedy=COLLECTED,
        check="gradients",
        edits=((_SUM_WX, _SUM_WX.replace("+=", "=")), (_SUM_WH, _SUM_WH.replace("+=", "="))),
    ),
    cell(
        "RC21",
        title="dWh is made with the state after the step",
        question="Which state was multiplied with Wh in this step?",
        remedy="Step t multiplied Wh with the state before it.",
        check="gradients",
        edits=((_SUM_WH, "self.dWh += h.T @ da"),),
    ),
    cell(
        "RC22",
        title="the gradients of the biases are not summed over the sequences",
        question="How many biases are there?",
        remedy=SUMMED,
        check="gradients",
        edits=(
            (_SUM_BX, "self.dbx = self.dbx + da"),
            (_SUM_BH, "self.dbh = self.dbh + da"),
        ),
    ),
    cell(
        "RC23",
        title="the carry is added into dh_out, which belongs to the caller",
        question="What is in dh_out after backward has run?",
        remedy=READ_ONLY,
        check="unchanged",
        edits=((_DA, "dh_out += self.dh_carry\n        da = dh_out * (1 - h**2)"),),
    ),
)
