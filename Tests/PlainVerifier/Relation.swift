/// One relation of a batch argument with its claims (Protocol.md, section 7).
struct Relation<C: Curve>: Sendable {
  /// A chunk, and what its entries are.
  struct Chunk: Sendable {
    /// The entries that mean something.
    let length: Int
    /// The place of the first one in Q.
    var claimBase: Int?
    /// The place of the first one in the values segment.
    var firstValue: Int?
    /// The number of the first one in the trace.
    var firstVariable: Int?
    /// Whether they are the errors of the rows.
    var isError = false
  }

  let shape: Shape<C.Order>
  let chunks: [Chunk]
  let commitments: [Point<C>]
  /// u first.
  let publics: [Residue<C.Order>]
  /// r_E, or the point of the rows of CycleFold.
  let rowPoint: [Residue<C.Order>]
  /// v_E, or 0.
  let rowValue: Residue<C.Order>
  /// r_Q, or no coordinates.
  let claimPoint: [Residue<C.Order>]
  /// v_Q - u Tab~(r_Q), or 0.
  let claimValue: Residue<C.Order>

  /// The factors of the claims about a relation in the sum over entries.
  struct Weights {
    let left: Residue<C.Order>
    let right: Residue<C.Order>
    let output: Residue<C.Order>
    let claim: Residue<C.Order>
  }

  /// For every chunk P_i~ at a point of the entries without the probe's part, and the public columns' part.
  ///
  /// - Parameters:
  ///   - rows: eq(r_x, .).
  ///   - places: eq(r_y, .).
  func coefficients(
    _ weights: Weights, rows: [Residue<C.Order>], places: [Residue<C.Order>]
  ) -> (chunks: [Residue<C.Order>], publics: Residue<C.Order>) {
    typealias S = Residue<C.Order>
    let sums = shape.columnSums(weights: rows, weights.left, weights.right, weights.output * publics[0])
    let firstTrace = shape.publicCount + shape.valueOffsets.count
    let chunkLog = leastLog(places.count)
    let low = claimPoint.isEmpty ? [] : equalities(Array(claimPoint.prefix(chunkLog)))
    let values = chunks.map { chunk -> S in
      var vector = [S](repeating: .zero, count: chunk.length)
      if let base = chunk.claimBase {
        let block = weights.claim * equality(Array(claimPoint.dropFirst(chunkLog)), index: base >> chunkLog)
        for place in 0..<chunk.length { vector[place] = block * low[place] }
      }
      if let first = chunk.firstValue {
        for (number, offset) in shape.valueOffsets.enumerated() where (0..<chunk.length).contains(offset - first) {
          vector[offset - first] += sums[shape.publicCount + number]
        }
      }
      if let first = chunk.firstVariable {
        for place in 0..<chunk.length { vector[place] = sums[firstTrace + first + place] }
      }
      if chunk.isError {
        for place in 0..<chunk.length { vector[place] = weights.output * rows[place] }
      }
      return innerProduct(vector, places)
    }
    return (values, innerProduct(sums.prefix(shape.publicCount), places) * innerProduct(publics, places))
  }
}
