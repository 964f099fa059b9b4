package import Algebra
package import ConstraintSystem

/// The circuit over Fq that proves C'_j = C1_j + alpha C2_j for all chunks j of a fold, with C1_j and C2_j on the curve
/// y^2 = x^3 + 3 (so C'_j too) and alpha < 2^128: 192 rows and 779 per chunk.
///
/// No point is infinity: infinity has no affine coordinates, and no addition is degenerate, see `PointFold`. The trace
/// is a function of the public list.
/// - seealso: ePrint 2023/1192 (CycleFold).
package struct CycleFoldCircuit: Sendable, Hashable {
  /// The number of chunks.
  package let chunkCount: Int

  /// The circuit for a number of chunks, at least 1.
  package init(chunkCount: Int) {
    precondition(chunkCount > 0, "an instance has a chunk")
    self.chunkCount = chunkCount
  }

  /// The length of the public list: alpha and three points per chunk.
  package var publicCount: Int { 1 + 6 * chunkCount }
  /// The number of rows.
  package var rowCount: Int { Self.sharedVariables + 1 + PointFold<PrimaryCurve>.rowCount * chunkCount }
  /// The number of trace variables.
  package var traceCount: Int { Self.sharedVariables + PointFold<PrimaryCurve>.variableCount * chunkCount }
  /// Variables that all chunks share: the bits of alpha and a product per window, a row each.
  private static var sharedVariables: Int { ShortScalar.bitCount + ShortScalar.windowCount }

  /// The columns: no committed values, u and the public list.
  package var columns: StepColumns { StepColumns(digitBits: 1, limbs: 0..<0, publicCount: 1 + publicCount) }

  /// Records the circuit, or fills its witness, for a list in the order of `CycleFoldStatement.publicList`.
  package func constrain<World: Arithmetic>(
    publics: [World.Element], in world: inout World
  ) throws where World.Field == BaseField {
    precondition(publics.count == publicCount, "alpha and three points per chunk")
    world.enter("alpha")
    let digits = try decompose(publics[0], in: &world)
    world.leave()
    world.enter("chunks")
    defer { world.leave() }
    let values = try world.advice(count: traceCount - Self.sharedVariables, from: publics) {
      CycleFoldStatement(publics: $0).ladder.variables.flatMap { $0 }
    }
    var trace = Cursor(values)
    var points = Cursor(publics.dropFirst())
    for _ in 0..<chunkCount {
      let running = points.point()
      let fresh = points.point()
      let folded = points.point()
      try PointFold<PrimaryCurve>.require(
        running: running, fresh: fresh, folded: folded, digits: digits, trace: &trace, in: &world)
    }
  }

  /// The constraints: recorded for one chunk, and written out for the others.
  package func shape() throws -> ConstraintShape<BaseField> {
    let single = CycleFoldCircuit(chunkCount: 1)
    var world = ShapeBuilder<BaseField>(layout: single.columns)
    try single.constrain(publics: (1...single.publicCount).map { world.publicInput($0) }, in: &world)
    return world.finish().repeatingEnd(
      count: chunkCount, rows: Self.sharedVariables + 1, publics: 2, trace: Self.sharedVariables)
  }

  private func decompose<World: Arithmetic>(
    _ alpha: World.Element, in world: inout World
  ) throws -> ShortScalarDigits<World.Element> where World.Field == BaseField {
    let one = world.constant(.one)
    let bits = try world.advice(count: ShortScalar.bitCount, from: [alpha]) { inputs in
      ShortScalar.bits(of: inputs[0].canonicalLimbs).map { $0 ? .one : .zero }
    }
    var sum = World.Element.zero
    for bit in bits.reversed() {
      try world.requireProduct(bit, bit - one, equals: .zero, "a bit of alpha")
      sum = sum + sum + bit
    }
    try world.requireEqual(sum, alpha, "alpha is its bits")
    return ShortScalarDigits(bits: bits, in: &world)
  }
}
