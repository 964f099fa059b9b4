import Algebra

extension ProverState {
  /// Step 8: all claims in one sumcheck over Q; sets rho and returns Q~(rho).
  mutating func reduceClaims() -> ScalarField {
    let theta = challenge()
    let variables = plan.layout.logSize
    var claim = ScalarField.zero
    for value in values.reversed() { claim = claim * theta + value }
    // Q is kept divided by the radix, so F is multiplied by it.
    var weights = claimWeights(theta, scaledBy: .radix)
    var entries = self.entries()
    var point: [ScalarField] = []
    for _ in 0..<variables {
      let (c0, c2) = Self.round(weights, entries)
      send([c0, c2])
      let t = challenge()
      claim = c0 + t * (claim - c0 - c0 - c2 + t * c2)
      weights.bind(t)
      entries.bind(t)
      point.append(t)
    }
    opening = point.reversed()
    let value = entries.first * .radix
    sendLast(value)
    return value
  }

  /// The value at 0 and the leading coefficient of the sum over the other variables of F Q, in the highest variable.
  private static func round(_ weights: SparseVector, _ entries: SparseVector) -> (ScalarField, ScalarField) {
    if entries.pages.count == 1 { return lastRound(weights, entries) }
    let half = entries.pages.count / 2
    let size = entries.pageSize
    let parts = Parallel.mapChunks(count: half, minimumChunk: 1) { range in
      FieldBuffer.withScratch(2 * size) { scratch in
        var sums = (ScalarField.zero, ScalarField.zero)
        for index in range {
          let f = (weights.pages[index], weights.pages[index + half])
          let q = (entries.pages[index], entries.pages[index + half])
          guard let slopeF = difference(f, into: scratch, count: size),
            let slopeQ = difference(q, into: scratch + size, count: size)
          else { continue }
          if let f = f.0, let q = q.0 { sums.0 += ScalarField.dot(f.base, q.base, count: size) }
          sums.1 += ScalarField.dot(slopeF, slopeQ, count: size)
        }
        return sums
      }
    }
    return parts.reduce((.zero, .zero)) { ($0.0 + $1.0, $0.1 + $1.1) }
  }

  /// high - low; nil where both are zero.
  private static func difference(
    _ pages: (FieldBuffer?, FieldBuffer?), into scratch: UnsafeMutablePointer<ScalarField>, count: Int
  ) -> UnsafePointer<ScalarField>? {
    switch pages {
    case (nil, nil): return nil
    case (let low?, let high?):
      ScalarField.subtract(high.base, low.base, into: scratch, count: count)
      return UnsafePointer(scratch)
    case (nil, let high?): return UnsafePointer(high.base)
    case (let low?, nil):
      scratch.update(repeating: .zero, count: count)
      ScalarField.subtract(scratch, low.base, into: scratch, count: count)
      return UnsafePointer(scratch)
    }
  }

  private static func lastRound(_ weights: SparseVector, _ entries: SparseVector) -> (ScalarField, ScalarField) {
    guard let f = weights.pages[0], let q = entries.pages[0] else { return (.zero, .zero) }
    let half = entries.length / 2
    return FieldBuffer.withScratch(2 * half) { scratch in
      ScalarField.subtract(f.base + half, f.base, into: scratch, count: half)
      ScalarField.subtract(q.base + half, q.base, into: scratch + half, count: half)
      return (
        ScalarField.dot(f.base, q.base, count: half), ScalarField.dot(scratch, scratch + half, count: half)
      )
    }
  }

  /// Q divided by the radix.
  private func entries() -> SparseVector {
    let layout = plan.layout
    var vector = SparseVector(logSize: layout.logSize)
    let readers = Segment.allCases.map { segment in
      (start: layout.bases[segment.rawValue], entries: data.entries(in: segment))
    }
    for (start, entries) in readers { vector.touch(start..<start + entries.count) }
    let target = vector
    Parallel.forChunks(count: target.pages.count, minimumChunk: 1) { pages in
      for page in pages where target.pages[page] != nil {
        let range = page << target.pageLog..<(page + 1) << target.pageLog
        for (start, entries) in readers {
          let stored = (start..<start + entries.count).clamped(to: range)
          guard !stored.isEmpty else { continue }
          TensorReader(entries).overRadix(
            stored.lowerBound - start..<stored.upperBound - start, into: target.pointer(to: stored.lowerBound))
        }
      }
    }
    return vector
  }
}
