import Algebra

extension ProverState {
  /// F: the sum of theta^i times the weights of claim i over Q, times `factor`.
  func claimWeights(_ theta: ScalarField, scaledBy factor: ScalarField) -> SparseVector {
    var vector = SparseVector(logSize: plan.layout.logSize)
    var power = factor
    for claim in plan.claims {
      add(claim, times: power, to: &vector)
      power *= theta
    }
    return vector
  }

  private func add(_ claim: Claim, times factor: ScalarField, to vector: inout SparseVector) {
    let start = claim.block.start(in: plan.layout)
    let count = 1 << claim.block.logSize
    switch claim.special {
    case .selection(let selection):
      forSelected(claim, selection) { weights, places in
        for (weight, place) in zip(weights, places) {
          vector.touch(start + place..<start + place + 1)
          vector.pointer(to: start + place).pointee += factor * weight
        }
      }
    case .rotation(let rotation):
      vector.touch(start..<start + count)
      let weights = weights(of: claim, rotation)
      let run = min(count, vector.pageSize)
      for first in stride(from: 0, to: count, by: run) {
        ScalarField.addScaled(
          weights.base + first, by: factor, into: vector.pointer(to: start + first), count: run)
      }
    case nil:
      vector.touch(start..<start + count)
      let lowCount = min(claim.block.logSize, vector.pageLog)
      let low = FieldBuffer(weights: self[Array(claim.point[..<lowCount])])
      let high = FieldBuffer(weights: self[Array(claim.point[lowCount...])], scaledBy: factor)
      let target = vector
      Parallel.forChunks(count: high.count, minimumChunk: 2) { range in
        for index in range {
          ScalarField.addScaled(
            low.base, by: high[index], into: target.pointer(to: start + index << lowCount), count: low.count)
        }
      }
    }
  }
}
