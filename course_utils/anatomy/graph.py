"""The calls a Keras model is made of, in the order in which they run, and models built without their weights."""

import random
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import keras

# Keras walks from the output to the input by recursion, several calls a layer; 1,202 layers need some 20,000.
RECURSION = 100_000
STACK_BYTES = 512 << 20  # reserved for that thread, and taken only as far as the recursion goes


def calls(model) -> list:
    """Return the nodes (calls of layers) that lead from the model's inputs to its outputs, in running order.

    A branch is finished before the next one begins, so that the layers of an Inception module stand together.
    """
    known = {id(tensor) for tensor in model.inputs}
    order, done = [], set()
    stack = [(node_of(tensor), False) for tensor in reversed(model.outputs) if id(tensor) not in known]
    while stack:
        node, ready = stack.pop()
        if id(node) in done:
            continue
        if ready:
            done.add(id(node))
            order.append(node)
            continue
        stack.append((node, True))
        stack += [(node_of(tensor), False) for tensor in reversed(node.input_tensors) if id(tensor) not in known]
    return order


def node_of(tensor):
    """Return the call that made a symbolic tensor."""
    history = tensor._keras_history
    return history.operation._inbound_nodes[history.node_index]


def build_without_weights(builder, kwargs: dict):
    """Return ``builder(**kwargs)`` with variables that have a shape and no values.

    Inside a stateless scope Keras postpones the first values of variables. It keeps a list of them, per thread, and
    would fill them in later; in a thread of its own the list ends with the thread. The state of Python's ``random``,
    from which Keras draws seeds, is put back: describing a network does not change the next one that is trained.
    """

    def build():
        with keras.StatelessScope(initialize_variables=False):
            return builder(**kwargs)

    state = random.getstate()
    try:
        with deep_recursion(), ThreadPoolExecutor(max_workers=1) as own_thread:
            return own_thread.submit(build).result()
    finally:
        random.setstate(state)


@contextmanager
def deep_recursion():
    """Let threads started inside recurse deeply; the limits are put back after."""
    limit, stack = sys.getrecursionlimit(), threading.stack_size(STACK_BYTES)
    sys.setrecursionlimit(max(limit, RECURSION))
    try:
        yield
    finally:
        sys.setrecursionlimit(limit)
        threading.stack_size(stack)
