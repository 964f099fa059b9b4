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
      let (c0, c2) = SparseVector.round(weights, entries)
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
