/// The batch argument (Protocol.md, section 7), in the order of its steps.
struct BatchArgument<C: Curve>: Sendable {
  /// Scalars of the curve.
  typealias S = Residue<C.Order>

  /// log2 of a chunk's length (k).
  let chunkLog: Int
  /// Variables of the rows (e).
  let rowLog: Int
  /// The commitments to the mask.
  let mask: [Point<C>]
  /// G.
  let maskSum: S
  /// (c_0, c_2, c_3) of every round.
  let outer: [[S]]
  /// a_j, b_j of every relation.
  let rowValues: [S]
  /// p.
  let probe: S
  /// (c_0, c_2) of every round.
  let inner: [[S]]
  /// The opening.
  let opening: Opening<C>

  /// Reads a proof.
  init(_ cursor: inout ByteCursor, relations: Int, rowLog: Int, chunkLog: Int) throws(Refusal) {
    let coefficients = 1 + 3 * rowLog + 2 * relations
    mask = try cursor.points((coefficients + 1 << chunkLog - 1) / (1 << chunkLog) + 2)
    maskSum = try cursor.element()
    outer = try Self.rounds(rowLog, of: 3, &cursor)
    rowValues = try cursor.elements(2 * relations)
    probe = try cursor.element()
    inner = try Self.rounds(chunkLog, of: 2, &cursor)
    opening = try Opening(&cursor, variables: chunkLog)
    (self.rowLog, self.chunkLog) = (rowLog, chunkLog)
  }

  private static func rounds(_ count: Int, of length: Int, _ cursor: inout ByteCursor) throws(Refusal) -> [[S]] {
    var rounds: [[S]] = []
    for _ in 0..<count { rounds.append(try cursor.elements(length)) }
    return rounds
  }

  /// Requires that all relations hold.
  func verify(
    _ relations: [Relation<C>], _ generators: Generators<C>, _ transcript: inout ByteTranscript
  ) throws(Refusal) {
    // 0. Mask.
    transcript.absorb(mask, as: "mask")
    transcript.absorb([maskSum], as: "mask sum")
    let relationWeights: [S] = transcript.squeeze(relations.count, "relation weights")
    let omega: S = transcript.squeeze("mask weight")
    // 1. Rows.
    let rowClaim = innerProduct(relationWeights, relations.map(\.rowValue)) + omega * maskSum
    let rowEnd = SumcheckEnd(rowClaim, rounds: outer, "outer", &transcript)
    let rowWeights = zip(relationWeights, relations).map { $0 * equality($1.rowPoint, rowEnd.point) }
    transcript.absorb(rowValues, as: "row values")
    let (left, right) = (relations.indices.map { rowValues[2 * $0] }, relations.indices.map { rowValues[2 * $0 + 1] })
    let outputs = innerProduct(rowWeights, zip(left, right).map { $0 * $1 }) - rowEnd.claim
    // 2. Probe.
    let zeta: [S] = transcript.squeeze(chunkLog, "probe point")
    let secondZeta: [S] = transcript.squeeze(chunkLog, "second probe point")
    let eta: S = transcript.squeeze("chunk weights")
    transcript.absorb([probe], as: "probe")
    // 3. Entries.
    let claimWeights: [[S]] = relations.map { _ in transcript.squeeze(3, "claim weights") }
    let delta: S = transcript.squeeze("output weight")
    let chi: S = transcript.squeeze("probe weight")
    var claim = delta * outputs + chi * probe
    for (index, weights) in claimWeights.enumerated() {
      claim += weights[0] * left[index] + weights[1] * right[index] + weights[2] * relations[index].claimValue
    }
    let end = SumcheckEnd(claim, rounds: inner, "inner", &transcript)
    // 4. Opening.
    let (rows, places) = (equalities(rowEnd.point), equalities(end.point))
    var (factors, publics) = ([S](), S.zero)
    for (index, weights) in claimWeights.enumerated() {
      let part = relations[index].coefficients(
        Relation.Weights(left: weights[0], right: weights[1], output: delta * rowWeights[index], claim: weights[2]),
        rows: rows, places: places)
      factors += part.chunks
      publics += part.publics
    }
    factors += maskFactors(
      rowPoint: rowEnd.point, factor: -(delta * omega), spareRows: relations.map(\.shape.rowCount), claimWeights,
      rows: rows, places: places)
    var power = chi * equality(zeta, end.point)
    for index in factors.indices {
      factors[index] += power
      power *= eta
    }
    factors[factors.count - 1] += chi * equality(secondZeta, end.point)
    let points = relations.flatMap(\.commitments) + mask
    guard let combined = PointSum.combination(factors, points).affine else { throw .refused("a finite commitment") }
    try opening.verify(combined, at: end.point, value: end.claim - publics, generators, &transcript)
  }

  /// P_i~ of the mask's chunks without the probe's part: the coefficients of g, then two of every relation.
  private func maskFactors(
    rowPoint: [S], factor: S, spareRows: [Int], _ claimWeights: [[S]], rows: [S], places: [S]
  ) -> [S] {
    var coefficients = [factor]
    for coordinate in rowPoint {
      coefficients += [coordinate, coordinate * coordinate, coordinate * coordinate * coordinate].map { factor * $0 }
    }
    for (row, weights) in zip(spareRows, claimWeights) {
      coefficients += [weights[0] * rows[row], weights[1] * rows[row + 1]]
    }
    let chunks = stride(from: 0, to: coefficients.count, by: places.count).map { start in
      innerProduct(coefficients[start...].prefix(places.count), places)
    }
    return chunks + [.zero, .zero]
  }
}
