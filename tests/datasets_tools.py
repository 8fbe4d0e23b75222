"""What the tests of the data sets share: small editions of the published sets and a server on the loopback."""

import dataclasses
import gzip
import hashlib
import io
import pickle
import tarfile
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import numpy as np

from course_utils.datasets.catalogue import CATALOGUE, File

PARTS = ("x_train", "y_train", "x_test", "y_test")


def sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def small_arrays(train=20, test=10, shape=(28, 28), seed=1):
    draw = np.random.default_rng(seed)
    images = [draw.integers(0, 256, (count, *shape), dtype="uint8") for count in (train, test)]
    labels = [(np.arange(count) % 10).astype("uint8") for count in (train, test)]
    return images[0], labels[0], images[1], labels[1]


def npz(arrays) -> bytes:
    buffer = io.BytesIO()
    np.savez_compressed(buffer, **dict(zip(PARTS, arrays, strict=True)))
    return buffer.getvalue()


def small_mnist(url="http://127.0.0.1:9/mnist.npz"):
    """Return a catalogue row like MNIST's for thirty images, and the bytes of its published file."""
    arrays = small_arrays()
    content = npz(arrays)
    entry = dataclasses.replace(
        CATALOGUE["mnist"],
        train=arrays[0].shape,
        test=arrays[2].shape,
        files=(File("mnist.npz", url, len(content), sha256(content)),),
        arrays={part: sha256(array.tobytes()) for part, array in zip(PARTS, arrays, strict=True)},
    )
    return entry, content, arrays


def small_fashion(base):
    """Return a row like Fashion-MNIST's and its four files."""
    arrays = small_arrays(seed=2)
    files = {}
    for file, array in zip(CATALOGUE["fashion_mnist"].files, arrays, strict=True):
        header = bytes([0, 0, 8, array.ndim]) + b"".join(n.to_bytes(4, "big") for n in array.shape)
        files[file.name] = gzip.compress(header + array.tobytes(), mtime=0)
    rows = tuple(File(name, f"{base}/{name}", len(content), sha256(content)) for name, content in files.items())
    entry = dataclasses.replace(CATALOGUE["fashion_mnist"], train=arrays[0].shape, test=arrays[2].shape, files=rows)
    return entry, files, arrays


def small_cifar(batches=None):
    """Return a row like CIFAR-10's with two small batches, the batches, and the arrays they hold."""
    arrays = small_arrays(shape=(32, 32, 3), seed=3)
    if batches is None:
        batches = {}
        for name, images, labels in (("data_batch_1", *arrays[:2]), ("test_batch", *arrays[2:])):
            rows = np.ascontiguousarray(images.transpose(0, 3, 1, 2)).reshape(len(images), -1)
            batches[name] = pickle.dumps({b"data": rows, b"labels": labels.tolist()}, protocol=4)
    entry = dataclasses.replace(
        CATALOGUE["cifar10"],
        train=arrays[0].shape,
        test=arrays[2].shape,
        files=(),
        arrays={},
        members={name: (f"sha256:{sha256(content)}", len(content)) for name, content in batches.items()},
    )
    return entry, batches, arrays


def tar(path, members, mode="w:gz", folder="cifar-10-batches-py/"):
    """Write an archive of {name: bytes or TarInfo}."""
    with tarfile.open(path, mode) as archive:
        for name, content in members.items():
            info = content if isinstance(content, tarfile.TarInfo) else tarfile.TarInfo(folder + name)
            info.size = 0 if isinstance(content, tarfile.TarInfo) else len(content)
            archive.addfile(info, None if isinstance(content, tarfile.TarInfo) else io.BytesIO(content))
    return path


@contextmanager
def serving(answer):
    """Serve on the loopback; ``answer(handler)`` writes each reply. Yields the address and the paths asked for."""
    asked = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            asked.append(self.path)
            answer(self)

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", asked
    finally:
        server.shutdown()
        server.server_close()


def reply(handler, content: bytes, *, status=200, length=None):
    """Send a whole reply."""
    handler.send_response(status)
    handler.send_header("Content-Length", str(len(content) if length is None else length))
    handler.end_headers()
    handler.wfile.write(content)


def files_below(folder):
    """Return the names of all files below a folder, hidden ones included."""
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())
