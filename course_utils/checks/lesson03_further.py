"""Checks of lesson 03's further pages: the accuracy that labels encoded twice hide."""

import numpy as np

from course_utils.checks.core import Verdict, check_function


def true_accuracy(function) -> Verdict:
    """Exercise A: ``function(predicted, labels_twice)`` finds the accuracy from labels that were encoded twice."""

    def of_all(answer) -> str:
        if isinstance(answer, Exception):
            return "The labels have three axes: picture, class, and two numbers for each class."
        if np.shape(answer) != ():
            return "Give one number for all pictures."
        if answer == 100:
            return "Give a share from 0 to 1, not a percentage."
        if answer == 6:
            return "That counts the right answers; give their share."
        found = "none of them" if answer == 0 else "not all of them"
        return f"All six predictions are right, and {found} counts. Print labels_twice[0]: what does each pair say?"

    labels = np.array([3, 0, 1, 9, 0, 5])
    twice = np.eye(2)[np.eye(10)[labels].astype(int)]
    cases = [
        ((labels, twice), 1.0, of_all),
        ((np.array([3, 0, 1, 9, 0, 4]), twice), 5 / 6, "Five of these six are right."),
        ((np.zeros(6, int), twice), 2 / 6, "Two of these six are right."),
        ((np.array([1, 1, 1]), twice[2:5]), 1 / 3, "One of these three is right; their number is not always six."),
    ]
    return check_function("A", function, cases, praise="the labels were never lost, only wrapped twice")
