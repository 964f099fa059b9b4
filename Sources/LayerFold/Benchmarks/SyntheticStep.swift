import Algebra
import Arguments
import Circuits
import ConstraintSystem
import Folding
import Transcript

/// A step without a model: 2^K constraints about a witness of B bits, and around them the recursion's own circuit.
///
/// - B of 1, 8, 16: row i is (w - c_i)(w - d_i) = 0, w being committed integer i modulo their number and c_i, d_i random
///   constants below 2^B (for one bit 0 and 1). The 2^K committed integers are these and the recursion's digits.
/// - B of 254: row i is s * s = s', a chain of squares in the trace; the committed integers are the recursion's digits, in
///   a segment of 2^K.
/// - The recursion: `FoldStage` of an Embedding, which verifies the fold of the step before with its CycleFold instance,
///   the binding digest of the step's commitments, a point for the claim on Q drawn from it, and the public input.
///
/// Every step says it is a Head: so each follows each, and closes an inference. There are no hidden states, weights, lookups
/// or products, hence no step argument: digits are not range-checked, and the claim on Q is made at a random point.
struct SyntheticStep: Sendable {
  /// log2 of the number of constraints (K), and bits of the witness (B).
  let logConstraints, bits: Int
  /// What the recursion needs.
  let sizes: RecursionSizes
  /// All constraints.
  let shape: ConstraintShape<ScalarField>
  /// Digits of the recursion, the first committed integers.
  let digitCount: Int
  /// Rows that are not the 2^K synthetic ones.
  let recursionRows: Int

  /// The bits of a digit.
  static let digitBits = 16
  /// The kind every step says it is.
  static let kind = StepKind.head
  /// The public tables: none but padding.
  static let tables = LookupTables(ids: [0], inputs: [0], outputs: [0])

  /// The least K: the recursion's digits fit 2^K integers.
  static let leastLog = 14

  /// The circuit with commitments in chunks of 2^K, whose blinding base is `absentState`; takes seconds.
  init(logConstraints: Int, bits: Int, absentState: AffinePoint<PrimaryCurve>) throws {
    precondition(logConstraints >= Self.leastLog, "the recursion's digits fit")
    let entries = 1 << logConstraints
    let layout = BlockLayout(
      chunkLog: logConstraints, entries: [0, 0, 0, entries, 3], largestLogs: [0, 0, 0, logConstraints, 0])
    let squares = bits == 254 ? entries : 0
    var (traceChunks, errorLog) = (1, RecursionSizes.errorLog(rows: entries))
    while true {
      let sizes = RecursionSizes(
        layout: layout, traceChunks: traceChunks, errorLog: errorLog, absentState: absentState,
        digitBits: Self.digitBits)
      var recursion = ShapeBuilder<ScalarField>(layout: Self.columns(digits: entries))
      try Self.prove(
        from: FoldStage.first(sizes).foldPrevious(advice: nil, in: &recursion), own: nil, sizes, in: &recursion)
      let chunks = (recursion.traceCount + squares + entries - 1) >> logConstraints
      let log = RecursionSizes.errorLog(rows: recursion.rowCount + entries)
      guard chunks <= traceChunks && log <= errorLog else {
        (traceChunks, errorLog) = (max(chunks, traceChunks), max(log, errorLog))
        continue
      }
      self.sizes = sizes
      digitCount = recursion.digitCount
      recursionRows = recursion.rowCount
      break
    }
    self.logConstraints = logConstraints
    self.bits = bits
    var world = ShapeBuilder<ScalarField>(layout: Self.columns(digits: digitCount))
    let carried = try FoldStage.first(sizes).foldPrevious(advice: nil, in: &world)
    if bits == 254 { try Self.square(times: entries, from: .zero, in: &world) }
    try Self.prove(from: carried, own: nil, sizes, in: &world)
    if bits < 254 {
      let integers = entries - digitCount
      for row in 0..<entries {
        let place = row % integers
        let value = world.committedValue(at: digitCount + place)
        let (first, second) = Self.roots(place, bits: bits)
        try world.requireProduct(
          value - world.constant(ScalarField(first)), value - world.constant(ScalarField(second)), equals: .zero, "root"
        )
      }
    }
    shape = world.finish()
  }

  /// Where digits stand.
  var columns: StepColumns { Self.columns(digits: digitCount) }

  private static func columns(digits: Int) -> StepColumns { StepColumns(digitBits: digitBits, limbs: 0..<digits) }

  /// The two numbers of B bits that integer `place` may be.
  private static func roots(_ place: Int, bits: Int) -> (Int64, Int64) {
    if bits == 1 { return (0, 1) }
    let mixed = (UInt64(place) &+ 1) &* 0x9e37_79b9_7f4a_7c15
    let mask = (UInt64(1) << UInt64(bits)) - 1
    return (Int64((mixed >> 20) & mask), Int64((mixed >> 40) & mask))
  }

  /// Committed integers of a step, the digits left zero: each synthetic one is one of its two numbers.
  func integers(using generator: inout some RandomNumberGenerator) -> [Int64] {
    var integers = [Int64](repeating: 0, count: 1 << logConstraints)
    guard bits < 254 else { return integers }
    for place in digitCount..<integers.count {
      let (first, second) = Self.roots(place - digitCount, bits: bits)
      integers[place] = Bool.random(using: &generator) ? first : second
    }
    return integers
  }

  // MARK: - The text of the circuit

  /// `count` squares, each of the one before; the first of a trace variable.
  static func square<World: CircuitArithmetic>(
    times count: Int, from start: ScalarField, in world: inout World
  ) throws where World.Field == ScalarField {
    var value = try world.advice(from: []) { _ in start }
    for _ in 0..<count { value = world.multiply(value, value) }
  }

  /// What stands for the step's own argument: the binding digest of its commitments, the point of its claim on Q drawn from
  /// it, the claimed value as a message; and the public input.
  /// - Parameter own: coordinates mod r of the step's own X^, Y^, w^, A^, absent while a shape is built.
  @discardableResult
  static func prove<World: CircuitArithmetic>(
    from carried: CarriedState<World.Element>, own: [ScalarField]?, _ sizes: RecursionSizes, in world: inout World
  ) throws -> PublicState<World.Element> where World.Field == ScalarField {
    let coordinates = try world.advice(count: 2 * sizes.order.trace.lowerBound, from: []) { _ in own ?? [] }
    let kind = world.constant(ScalarField(Self.kind.rawValue))
    let binding = try StateTransition(sizes: sizes).binding(
      key: carried.keyDigest, kind: kind, tokens: carried.tokensDigest, chunks: coordinates, in: &world)
    let point = try claimPoint(binding: binding, sizes, in: &world)
    let value = try world.message()
    let state = PublicState(
      list: [carried.keyDigest, carried.index, kind, carried.weightChain] + carried.carriedOutput
        + [carried.tokensDigest, carried.statementChain] + carried.runningDigests + [carried.cycleDigest, binding]
        + point + [value],
      inputChunks: sizes.order.input.count, claimLog: sizes.layout.logSize)
    try world.setPublic(1, to: world.hash("public", state.list), "public input")
    return state
  }

  /// The powers s, s^2, s^4, ... of a challenge drawn after everything committed.
  static func claimPoint<World: Arithmetic>(
    binding: World.Element, _ sizes: RecursionSizes, in world: inout World
  ) throws -> [World.Element] where World.Field == ScalarField {
    var transcript = SpongeTranscript<World>(tag: "bench", in: &world)
    try transcript.absorb([binding], in: &world)
    var point = [try transcript.squeeze(in: &world)]
    while point.count < sizes.layout.logSize {
      point.append(world.multiply(point[point.count - 1], point[point.count - 1]))
    }
    return point
  }
}

extension FoldStage {
  /// The stage of synthetic steps: of an Embedding, which follows a Head and may be the first step.
  static func first(_ sizes: RecursionSizes) -> FoldStage { FoldStage(kind: .embedding, sizes: sizes) }
}
