"""The metrics once more, slowly: plain loops over one diagram at a time, no shared code.

Nothing is vectorised or imported from `bd_gen.metrics`. Graphs are lists of rooms and edges,
histograms are lists, sums are Python's, Jensen-Shannon and Wasserstein come from scipy.
"""

import math
from collections import Counter, defaultdict
from dataclasses import dataclass

import numpy as np
from scipy.spatial.distance import jensenshannon
from scipy.stats import wasserstein_distance

# "inner: outer types", as one reads it in the definition of inside validity
FORBIDDEN = """
0: 1 2 3 4 5 6 7 8 9 10 11
1: 2 3 4 5 6 7 8 9 10 11
2: 1 3 5 6 7 8 9 10 11
3: 10
4: 1 3 5 8 9 10 11
5: 2 3 4 9 10 11
6: 3 9 10
7: 3 9 10
8: 3 9 10
9: 2 3 6 10 11
10: 1 2 3 4 5 6 7 8 9 11
11: 9
"""
FORBIDDEN_PAIRS = {
    (int(line.split(":")[0]), int(outer))
    for line in FORBIDDEN.strip().splitlines()
    for outer in line.split(":")[1].split()
}


@dataclass
class Sample:
    n: int
    types: list  # None where the token is not a room type
    edges: list  # (i, j, r)
    identity: tuple
    has_mask: bool
    in_range: bool

    @property
    def complete(self):
        return not self.has_mask and self.in_range


def parse(row, n_max):
    row = [int(token) if 0 <= token < 255 else 255 for token in row]
    nodes = row[:n_max]
    n = sum(token != 14 for token in nodes)
    has_mask, in_range = False, n > 0
    types, edges, identity = [], [], [n]
    for k, token in enumerate(nodes):
        if k < n:
            types.append(token if 0 <= token <= 12 else None)
            has_mask |= token == 13
            in_range &= 0 <= token <= 13
            identity.append(token)
        else:
            in_range &= token == 14
    slot = n_max
    for i in range(n_max):
        for j in range(i + 1, n_max):
            token = row[slot]
            slot += 1
            if j < n:
                if 0 <= token <= 9:
                    edges.append((i, j, token))
                has_mask |= token == 11
                in_range &= 0 <= token <= 11
                identity.append(token)
            else:
                in_range &= token == 12
    return Sample(n, types, edges, tuple(identity), has_mask, in_range)


# --- histograms and their distances


def share(counts):
    total = sum(counts)
    return [c / total for c in counts] if total else [1 / len(counts)] * len(counts)


def kl(p, q):
    return sum(a * math.log(a / (b + 1e-10)) for a, b in zip(p, q, strict=True) if a > 1e-10)


def js(p, q):
    return float(jensenshannon(p, q)) ** 2


def tv(p, q):
    return 0.5 * sum(abs(a - b) for a, b in zip(p, q, strict=True))


DISTANCES = {"kl": kl, "js": js, "tv": tv}


# --- validity


def connected(sample):
    seen, todo = {0}, [0]
    while todo:
        room = todo.pop()
        for i, j, _ in sample.edges:
            for a, b in ((i, j), (j, i)):
                if a == room and b not in seen:
                    seen.add(b)
                    todo.append(b)
    return seen >= set(range(sample.n))


def checks(sample):
    good_types = sample.types.count(0) <= 1 and sample.types.count(10) <= 1
    return {
        "connected": sample.complete and connected(sample),
        "consistent": sample.complete,
        "valid_types": sample.complete and good_types,
        "no_mask_tokens": not sample.has_mask,
        "no_out_of_range": sample.in_range,
        "overall": sample.complete and connected(sample) and good_types,
    }


def containment_fine(sample):
    for i, j, relation in sample.edges:
        if relation == 4 and (sample.types[i], sample.types[j]) in FORBIDDEN_PAIRS:
            return False
        if relation == 5 and (sample.types[j], sample.types[i]) in FORBIDDEN_PAIRS:
            return False
    return sample.complete


# --- spatial order


def acyclic(n, arrows):
    # Kahn: take away rooms that nothing points to until none is left
    left = set(range(n))
    while left:
        free = [k for k in left if not any(b == k and a in left for a, b in arrows)]
        if not free:
            return False
        left -= set(free)
    return True


def order(sample):
    across, down = [], []
    for i, j, r in sample.edges:
        if r in (0, 1, 2):
            across.append((i, j))
        if r in (7, 8, 9):
            across.append((j, i))
        if r in (0, 3, 8):
            down.append((j, i))
        if r in (1, 6, 9):
            down.append((i, j))
    h, v = acyclic(sample.n, across), acyclic(sample.n, down)
    return {"transitivity_score": h and v, "h_consistent": h, "v_consistent": v}


# --- features of graphs


def degrees(sample):
    degree = [0] * sample.n
    for i, j, _ in sample.edges:
        degree[i] += 1
        degree[j] += 1
    return degree


def degree_histogram(sample, n_max):
    histogram = [0.0] * n_max
    for degree in degrees(sample):
        histogram[degree] += 1
    return [h / sample.n for h in histogram]


def clustering_histogram(sample, n_max):
    neighbours = defaultdict(set)
    for i, j, _ in sample.edges:
        neighbours[i].add(j)
        neighbours[j].add(i)
    histogram = [0.0] * 10
    for room in range(sample.n):
        around = sorted(neighbours[room])
        pairs = [(a, b) for a in around for b in around if a < b]
        joined = sum(b in neighbours[a] for a, b in pairs)
        c = joined / len(pairs) if pairs else 0.0
        histogram[min(int(c * 10), 9)] += 1
    return [h / sample.n for h in histogram]


def spectrum(sample, n_max):
    # Multiplied out as D^-½ (D − A) D^-½: which eigenvalues of isomorphic graphs agree to the
    # last bit depends on it, and the median of the non-zero distances on that.
    degree = degrees(sample)
    laplacian = np.diag(np.array(degree, float))
    for i, j, _ in sample.edges:
        laplacian[i, j] = laplacian[j, i] = -1.0
    scale = np.diag([1 / math.sqrt(d) if d else 0.0 for d in degree])
    values = sorted(np.linalg.eigvalsh(scale @ (laplacian @ scale)).tolist())
    return values + [0.0] * (n_max - sample.n)


FEATURES = {
    "degree": degree_histogram,
    "clustering": clustering_histogram,
    "spectral": spectrum,
}


def squared_distances(x, y):
    return ((x[:, None, :] - y[None, :, :]) ** 2).sum(axis=2)


def mmd(x, y):
    x, y = np.array(x, float), np.array(y, float)
    xx, yy, xy = squared_distances(x, x), squared_distances(y, y), squared_distances(x, y)
    entries = np.concatenate([d[d > 0] for d in (xx, yy, xy)])
    if len(entries) == 0:
        return 0.0
    sigma = math.sqrt(np.median(entries) / 2)
    k_xx, k_yy, k_xy = (np.exp(-d / (2 * sigma**2)) for d in (xx, yy, xy))
    m, n = len(x), len(y)
    within_x = (k_xx.sum() - np.trace(k_xx)) / (m * (m - 1)) if m > 1 else 0.0
    within_y = (k_yy.sum() - np.trace(k_yy)) / (n * (n - 1)) if n > 1 else 0.0
    return max(0.0, float(within_x + within_y - 2 * k_xy.mean()))


def fixed_mmd(x, y):
    """The bandwidth is that of y; where it has none, rows are equal or they are not."""
    x, y = np.array(x, float), np.array(y, float)
    xx, yy, xy = squared_distances(x, x), squared_distances(y, y), squared_distances(x, y)
    # eigenvalues of isomorphic graphs differ by rounding
    entries = yy[yy > 1e-18]
    if len(entries):
        two_sigma_squared = np.median(entries)
        k_xx, k_yy, k_xy = (np.exp(-d / two_sigma_squared) for d in (xx, yy, xy))
    else:
        k_xx, k_yy, k_xy = ((d < 1e-18).astype(float) for d in (xx, yy, xy))
    m, n = len(x), len(y)
    within_x = (k_xx.sum() - np.trace(k_xx)) / (m * (m - 1)) if m > 1 else 0.0
    within_y = (k_yy.sum() - np.trace(k_yy)) / (n * (n - 1)) if n > 1 else 0.0
    return max(0.0, float(within_x + within_y - 2 * k_xy.mean()))


def structure(samples, train, n_max):
    samples = [s for s in samples if s.n]
    train = [s for s in train if s.n]
    random = np.random.RandomState(42)
    if len(samples) > 5000:
        samples = [samples[k] for k in random.choice(len(samples), 5000, replace=False)]
    if len(train) > 5000:
        train = [train[k] for k in random.choice(len(train), 5000, replace=False)]
    values = {}
    for name, feature in FEATURES.items():
        x = [feature(s, n_max) for s in samples]
        y = [feature(s, n_max) for s in train]
        if min(len(x), len(y)) > 1:  # else there are no pairs, and no number
            values[f"eval/mmd_{name}"] = mmd(x, y)
            values[f"eval/mmd_{name}_fixed"] = fixed_mmd(x, y)
    return values


# --- conditional histograms


def averages(pairs, weights):
    """Mean and weighted mean of each distance over (p, q) pairs; nothing of no pairs."""
    result = {}
    if not pairs:
        return result
    for name, distance in DISTANCES.items():
        values = [distance(p, q) for p, q in pairs]
        result[name, "mean"] = sum(values) / len(values)
        result[name, "weighted"] = sum(
            w * v / sum(weights) for w, v in zip(weights, values, strict=True)
        )
    return result


def relations_by_pair(samples):
    histograms = {}
    for sample in samples:
        for i, j, r in sample.edges:
            a, b = sample.types[i], sample.types[j]
            if a is None or b is None:
                continue
            if a > b:
                a, b, r = b, a, 9 - r
            histograms.setdefault((a, b), [0] * 10)[r] += 1
    return histograms


def conditional_edges(samples, train):
    of_samples, of_train = relations_by_pair(samples), relations_by_pair(train)
    eligible = [pair for pair, counts in of_train.items() if sum(counts) >= 5]
    eligible.sort(key=lambda pair: -sum(of_train[pair]))
    values = {"eval/topN": 20.0, "eval/num_pairs_evaluated": float(len(eligible[:20]))}
    for prefix, chosen in (("", eligible), ("topN_", eligible[:20])):
        pairs = [(share(of_samples.get(p, [0] * 10)), share(of_train[p])) for p in chosen]
        for (name, kind), value in averages(pairs, [sum(of_train[p]) for p in chosen]).items():
            values[f"eval/conditional_edge_{name}_{prefix}{kind}"] = value
    return values


def degrees_by_type(samples, n_max):
    histograms = defaultdict(lambda: [0] * n_max)
    for sample in samples:
        for room_type, degree in zip(sample.types, degrees(sample), strict=True):
            if room_type is not None:
                histograms[room_type][min(degree, n_max - 1)] += 1
    return histograms


def typed_degrees(samples, train, n_max):
    of_samples, of_train = degrees_by_type(samples, n_max), degrees_by_type(train, n_max)
    eligible = [t for t in sorted(of_train) if sum(of_train[t]) >= 20]
    pairs = [(share(of_samples[t]), share(of_train[t])) for t in eligible]
    values = {"eval/num_types_evaluated": float(len(eligible))}
    for (name, kind), value in averages(pairs, [sum(of_train[t]) for t in eligible]).items():
        values[f"eval/degree_{name}_per_type_{kind}"] = value
    return values


# --- everything


def distribution(samples, train):
    def counts(diagrams):
        types = [t for d in diagrams for t in d.types if t is not None]
        relations = [r for d in diagrams for _, _, r in d.edges]
        return [types.count(t) for t in range(13)], [relations.count(r) for r in range(10)]

    values = {}
    for kind, p, q in zip(("node", "edge"), counts(samples), counts(train), strict=True):
        for name, distance in DISTANCES.items():
            values[f"eval/{kind}_{name}"] = distance(share(p), share(q))
    sizes = [[d.n for d in diagrams if d.n] for diagrams in (samples, train)]
    largest = max(sizes[0] + sizes[1])
    p, q = ([size.count(n) for n in range(1, largest + 1)] for size in sizes)
    if not sizes[0]:  # nothing to count: uniform over one bin
        p = [1] + [0] * (largest - 1)
    bins = list(range(largest))
    values["eval/num_rooms_kl"] = kl(share(p), share(q))
    values["eval/rooms_w1"] = float(wasserstein_distance(bins, bins, share(p), share(q)))
    return values


def edge_counts(samples, train, n_max):
    def labels(diagrams):
        histogram = [0] * 11
        for d in diagrams:
            for _, _, r in d.edges:
                histogram[r] += 1
            histogram[10] += d.n * (d.n - 1) // 2 - len(d.edges)
        return histogram

    def edges(diagrams):
        return [len(d.edges) for d in diagrams if d.n]

    bins = list(range(n_max * (n_max - 1) // 2 + 1))
    numbers = [edges(samples), edges(train)]
    p, q = ([some.count(k) for k in bins] for some in numbers)
    w1 = float(wasserstein_distance(bins, bins, share(p), share(q)))
    means = [sum(some) / max(len(some), 1) for some in numbers]
    return {
        "eval/edge_presence_js": js(share(labels(samples)), share(labels(train))),
        "eval/num_edges_w1": w1,
        "eval/mean_edges": means[0],
        **({"eval/edges_ratio": means[0] / means[1]} if means[1] else {}),
    }


def pair_js(samples, train):
    def counts(diagrams):
        found = Counter()
        for d in diagrams:
            relation = {(i, j): r for i, j, r in d.edges}
            for i in range(d.n):
                for j in range(i + 1, d.n):
                    a, b, r = d.types[i], d.types[j], relation.get((i, j))
                    if a is None or b is None:
                        continue
                    if a > b:
                        a, b, r = b, a, None if r is None else 9 - r
                    found[a, b, r] += 1
        return found

    every = [(a, b, r) for a in range(13) for b in range(a, 13) for r in (*range(10), None)]
    p, q = ([found[key] for key in every] for found in (counts(samples), counts(train)))
    return {"eval/pair_js": js(share(p), share(q))}


def coverage(samples, train):
    def archetype(sample):
        return None if None in sample.types or not sample.n else tuple(sorted(sample.types))

    known = {s.identity for s in train}
    modes = Counter(archetype(s) for s in train if archetype(s))
    found = {archetype(s) for s in samples if archetype(s)}
    return {
        "eval/diversity": len({s.identity for s in samples}) / len(samples),
        "eval/novelty": sum(s.identity not in known for s in samples) / len(samples),
        "eval/mode_coverage": len(found & set(modes)) / max(len(modes), 1),
        "eval/mode_coverage_weighted": sum(modes[a] for a in found) / max(modes.total(), 1),
        "eval/num_training_modes": float(len(modes)),
        "eval/num_sample_modes": float(len(found)),
    }


def rates(results):
    return {key: sum(r[key] for r in results) / len(results) for key in results[0]}


def by_num_rooms(samples, check):
    groups = defaultdict(list)
    for sample in samples:
        groups[str(sample.n)].append(check(sample))
    return {n: rates(group) for n, group in groups.items()}


def density(sample):
    pairs = sample.n * (sample.n - 1) / 2
    return {"rate": len(sample.edges) / pairs if pairs else 0.0}


def all_metrics(tokens, train_tokens, n_max):
    samples = [parse(row, n_max) for row in tokens]
    train = [parse(row, n_max) for row in train_tokens]
    validity = rates([checks(s) for s in samples])
    return {
        "eval/validity_rate": validity["overall"],
        "eval/connected_rate": validity["connected"],
        "eval/valid_types_rate": validity["valid_types"],
        "eval/no_mask_rate": validity["no_mask_tokens"],
        "eval/inside_validity": sum(map(containment_fine, samples)) / len(samples),
        "validity_by_num_rooms": by_num_rooms(samples, checks),
        **coverage(samples, train),
        **distribution(samples, train),
        **edge_counts(samples, train, n_max),
        **pair_js(samples, train),
        **conditional_edges(samples, train),
        **typed_degrees(samples, train, n_max),
        **structure(samples, train, n_max),
        **{f"eval/{key}": value for key, value in rates([order(s) for s in samples]).items()},
        "transitivity_by_num_rooms": by_num_rooms(samples, order),
        "edge_present_rate_by_num_rooms": {
            n: value["rate"] for n, value in by_num_rooms(samples, density).items()
        },
    }
