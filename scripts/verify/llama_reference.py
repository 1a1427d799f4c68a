"""The standard model in double precision, for whoever has Python with numpy: what the engine's golden figures come from.

    python scripts/verify/llama_reference.py > src/engines/llama/standard-model.golden.json

Weights are read as they stand in the file (Q4_1, Q8_0) and nothing is rounded after that. Written from the description of
the architecture, without a line of the engine. numpy 1.26 to 2.4.
"""
import json
import pathlib
import struct

import numpy as np

FOLDER = pathlib.Path(__file__).parents[2] / "public/models"
TEXT = (
    "Come up with a series of tasks:\n\n1. Write a poem about the sea.\n2. Name three fruits that are red.\n"
    "3. Explain why the sky is blue in simple words.\n4. Classify the review as positive or negative.\n5."
)
# The tokens of TEXT by llama.cpp's tokenizer.
IDS = [
    34056, 614, 351, 253, 3086, 282, 4381, 42, 1116, 33, 30, 9517, 253, 8216, 563, 260, 3426, 30,
    198, 34, 30, 10181, 1296, 5574, 338, 359, 2382, 30, 198, 35, 30, 16374, 1701, 260, 6376, 314,
    4461, 281, 2232, 1924, 30, 198, 36, 30, 5397, 1282, 260, 2523, 347, 2731, 355, 3524, 30, 198,
    37, 30,
]


class Reader:
    def __init__(self, data):
        self.data, self.at = data, 4

    def take(self, form):
        value = struct.unpack_from("<" + form, self.data, self.at)[0]
        self.at += struct.calcsize("<" + form)
        return value

    def text(self):
        size = self.take("Q")
        self.at += size
        return self.data[self.at - size : self.at].decode("utf8", "replace")

    def value(self, kind):
        if kind == 8:
            return self.text()
        if kind == 9:
            item, count = self.take("I"), self.take("Q")
            return [self.value(item) for _ in range(count)]
        return self.take({4: "I", 5: "i", 6: "f", 7: "?", 10: "Q"}[kind])


def read(data):
    reader = Reader(data)
    reader.take("I")
    tensors, entries = reader.take("Q"), reader.take("Q")
    head = {}
    for _ in range(entries):
        key = reader.text()
        head[key] = reader.value(reader.take("I"))
    found = {}
    for _ in range(tensors):
        name, sides = reader.text(), reader.take("I")
        shape = [reader.take("Q") for _ in range(sides)]
        found[name] = (shape, reader.take("I"), reader.take("Q"))
    start = (reader.at + 31) // 32 * 32

    def tensor(name):
        shape, kind, offset = found[name]
        count, at = int(np.prod(shape)), start + offset
        if kind == 0:
            return np.frombuffer(data, np.float32, count, at).astype(np.float64)
        size = {3: 20, 8: 34}[kind]
        blocks = np.frombuffer(data, np.uint8, count // 32 * size, at).reshape(-1, size)
        scale = blocks[:, :2].copy().view(np.float16).astype(np.float64)
        if kind == 8:
            numbers = scale * blocks[:, 2:].view(np.int8)
        else:
            least = blocks[:, 2:4].copy().view(np.float16).astype(np.float64)
            numbers = least + scale * np.concatenate([blocks[:, 4:] & 15, blocks[:, 4:] >> 4], 1)
        return numbers.reshape(shape[1], shape[0])

    return head, tensor


def probabilities(head, tensor, ids):
    size = lambda key: head["llama." + key]
    layers, heads, kv = size("block_count"), size("attention.head_count"), size("attention.head_count_kv")
    epsilon, count = size("attention.layer_norm_rms_epsilon"), len(ids)
    embedding = tensor("token_embd.weight")
    x = embedding[ids]
    dim = x.shape[1] // heads
    angle = np.arange(count)[:, None] * size("rope.freq_base") ** (-np.arange(0, dim, 2) / dim)
    cos, sin = np.cos(angle)[:, None], np.sin(angle)[:, None]
    mask = np.triu(np.full((count, count), -np.inf), 1)

    def norm(values, weight):
        return values / np.sqrt((values * values).mean(-1, keepdims=True) + epsilon) * tensor(weight)

    def rotate(values):
        a, b = values[..., 0::2], values[..., 1::2]
        out = np.empty_like(values)
        out[..., 0::2], out[..., 1::2] = a * cos - b * sin, a * sin + b * cos
        return out

    def soft(scores):
        powers = np.exp(scores - scores.max(-1, keepdims=True))
        return powers / powers.sum(-1, keepdims=True)

    for layer in range(layers):
        own = lambda name: tensor(f"blk.{layer}.{name}.weight")
        h = norm(x, f"blk.{layer}.attn_norm.weight")
        q = rotate((h @ own("attn_q").T).reshape(count, heads, dim))
        k = rotate((h @ own("attn_k").T).reshape(count, kv, dim))
        v = (h @ own("attn_v").T).reshape(count, kv, dim)
        out = np.stack(
            [
                soft(q[:, i] @ k[:, i * kv // heads].T / np.sqrt(dim) + mask) @ v[:, i * kv // heads]
                for i in range(heads)
            ],
            1,
        )
        x = x + out.reshape(count, -1) @ own("attn_output").T
        h = norm(x, f"blk.{layer}.ffn_norm.weight")
        gate = h @ own("ffn_gate").T
        x = x + (gate / (1 + np.exp(-gate)) * (h @ own("ffn_up").T)) @ own("ffn_down").T
    return soft(norm(x, "output_norm.weight") @ embedding.T)


def main():
    folder = next(path for path in FOLDER.iterdir() if (path / "manifest.json").exists() and len(path.name) == 64)
    pieces = json.loads((folder / "manifest.json").read_text())["pieces"]
    data = b"".join((folder / (piece["sha256"] + ".bin")).read_bytes() for piece in pieces)
    rows = probabilities(*read(data), IDS)
    likeliest = [[[int(i), round(float(row[i]), 6)] for i in np.argsort(-row)[:10]] for row in rows]
    print(json.dumps({"text": TEXT, "ids": IDS, "likeliest": likeliest}))


main()
