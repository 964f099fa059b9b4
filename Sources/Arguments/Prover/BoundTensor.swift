import Algebra

/// A tensor with some of its axes at a point: a multilinear polynomial in the others.
struct BoundTensor: Sendable {
  /// The axes left, in the tensor's order.
  let axes: [Axis]
  /// The values over the padded indices of `axes`.
  let values: FieldBuffer

  /// Binds the axes of `tensor` that `free` gives weights for (one per bit, least significant first).
  ///
  /// One pass over the integers; rows of bits left together are added up with their weight, rows of bits bound together
  /// are summed by inner products.
  ///
  /// `values` may be known already from the same entries bound at the same point under other names.
  init(_ tensor: Tensor, free: [String: [ScalarField?]], values known: FieldBuffer?, in data: StepData) {
    axes = tensor.axes.filter { free[$0.name] == nil }
    if let known {
      values = known
      return
    }
    let bound = tensor.axes.filter { free[$0.name] != nil }
    let reader = TensorReader(Block(tensor), in: data)
    let kept = IndexSpace(axes), summed = IndexSpace(bound)
    let values = FieldBuffer(zeros: kept.count)
    self.values = values
    let keptPlaces = kept.projection(to: tensor.axes), summedPlaces = summed.projection(to: tensor.axes)
    let weights = FieldBuffer(weights: bound.reversed().flatMap { free[$0.name] ?? [] })
    let run = min(max(keptPlaces.identityRun, 1), 1024)
    if run > 1 || summed.count == 1 {
      // A task is a run of entries left and some of the rows that are added up there.
      let runs = kept.count / run, height = min(summed.count, max(1, (1 << 16) / run))
      let tasks = runs * (summed.count / height)
      let parts = Parallel.mapChunks(count: tasks, minimumChunk: max(1, (1 << 15) / (run * height))) { range in
        var sums: [(run: Int, sum: FieldBuffer)] = []
        for task in range {
          let (index, first) = (task * height / summed.count, task * height % summed.count)
          if sums.last?.run != index { sums.append((index, FieldBuffer(zeros: run))) }
          let place = keptPlaces(index * run)
          reader.addRows(
            (first..<first + height).map { place | summedPlaces($0) }, by: weights.base + first, count: run,
            into: sums[sums.count - 1].sum.base)
        }
        return sums
      }
      for (index, sum) in parts.joined() {
        let out = values.base + index * run
        ScalarField.add(out, sum.base, into: out, count: run)
      }
    } else {
      let run = min(summedPlaces.identityRun, summed.count)
      Parallel.forChunks(count: kept.count, minimumChunk: max(1, 8192 / summed.count)) { range in
        for index in range {
          let place = keptPlaces(index)
          for first in stride(from: 0, to: summed.count, by: run) {
            values[index] += reader.dot(weights.base + first, start: place | summedPlaces(first), count: run)
          }
        }
      }
    }
  }

  /// The value at a point of the axes left: one weight per bit, least significant first.
  func evaluate(weights: [ScalarField?]) -> ScalarField {
    let table = FieldBuffer(weights: weights)
    return withExtendedLifetime((table, values)) {
      ScalarField.dot(table.base, values.base, count: table.count)
    }
  }

  /// Adds `factor` times the values to a polynomial over `space`, which has these axes and perhaps others.
  func add(to out: FieldBuffer, over space: IndexSpace, times factor: ScalarField) {
    let projection = space.projection(to: axes)
    let reads = min(projection.identityRun, space.count), repeats = min(projection.constantRun, space.count)
    let run = max(reads, repeats)
    let values = values
    Parallel.forChunks(count: space.count / run, minimumChunk: max(1, 4096 / run)) { rows in
      FieldBuffer.withScratch(run) { scratch in
        for row in rows {
          let place = projection(row * run)
          guard repeats > 1 || reads == 1 else {
            ScalarField.addScaled(values.base + place, by: factor, into: out.base + row * run, count: run)
            continue
          }
          scratch.update(repeating: factor * values[place], count: run)
          ScalarField.add(out.base + row * run, scratch, into: out.base + row * run, count: run)
        }
      }
    }
  }
}
