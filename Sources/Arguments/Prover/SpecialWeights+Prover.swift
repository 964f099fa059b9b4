import Algebra

extension ProverState {
  /// The weights of all entries of a rotation claim's block.
  func weights(of claim: Claim, _ rotation: RotationWeight) -> FieldBuffer {
    let table = plan.rotaryTables[rotation.table]
    let weights = FieldBuffer(weights: self[claim.point])
    let positions = FieldBuffer(weights: self[rotation.positions])
    let pairs = FieldBuffer(weights: self[rotation.pairs])
    let half = self[rotation.half] ?? .zero
    // For one position and pair: what input halves 0 and 1 weigh.
    let count = pairs.count
    let tableWeights = FieldBuffer(zeros: 2 * positions.count * count)
    for position in 0..<table.positions.size {
      for pair in 0..<table.pairs.size {
        let place = position * table.pairs.size + pair
        let cosine = ScalarField(Int64(table.cosines[place])), sine = ScalarField(Int64(table.sines[place]))
        let weight = positions[position] * pairs[pair]
        let index = position * count + pair
        tableWeights[2 * index] = weight * (cosine * (.one - half) + sine * half)
        tableWeights[2 * index + 1] = weight * (cosine * half - sine * (.one - half))
      }
    }
    Parallel.forChunks(count: weights.count, minimumChunk: 2048) { range in
      for index in range {
        let position = index >> rotation.positionShift & (positions.count - 1)
        let pair = index >> rotation.pairShift & (count - 1)
        let half = index >> rotation.halfShift & 1
        weights[index] *= tableWeights[2 * (position * count + pair) + half]
      }
    }
    return weights
  }

  /// Calls `body` for the entries a selection claim weighs, a row at a time: weights and indices within the block.
  func forSelected(_ claim: Claim, _ selection: SelectionWeight, _ body: ([ScalarField], [Int]) -> Void) {
    let selected = selectors[selection.selector] ?? []
    let rows = FieldBuffer(weights: self[selection.rows])
    // The bits that are the point's, moved together.
    let kept = claim.point.indices.filter { claim.point[$0] != .all }
    let rest = FieldBuffer(weights: kept.map { self[claim.point[$0]] })
    let places = (0..<rest.count).map { index in
      kept.enumerated().reduce(0) { $0 | (index >> $1.offset & 1) << $1.element }
    }
    for (row, selected) in selected.enumerated() {
      let start = selected << selection.axisShift | (selection.rowShift.map { row << $0 } ?? 0)
      body((0..<rest.count).map { rows[row] * rest[$0] }, places.map { $0 | start })
    }
  }
}
