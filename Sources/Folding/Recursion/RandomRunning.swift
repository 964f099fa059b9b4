import Algebra
import Arguments
import Circuits
import Commitment
import ConstraintSystem

/// Samples a random satisfying running instance of one kind: where its accumulator starts.
///
/// Any z satisfies relaxed R1CS with the error it causes, so nothing has to be solved: some entries are uniform, the others
/// zero, the error and the claims are what they are. The commitments are blinded, and the decider's proof reveals nothing
/// of the openings; so what the entries must hide is u, x, v_Q and v_E, and the messages of a last fold.
/// - v_Q: entries of X, Y, w, A, at random places.
/// - v_E: the squares among the trace's `MaskingColumns`. A prover hears of e + 2 linear functionals of them in every fold, which
///   later steps depend on; so there must be as many for every fold, and one more.
/// - The cross term of a last fold: the inverses among these columns.
/// - seealso: Docs/Security.md for the argument.
struct RandomRunning {
  private let key: RecursionKey
  private let kind: StepKind
  private let folds: Int

  /// How many entries of every chunk of X, Y, w, A are uniform; one would do.
  static let entriesPerChunk = 32

  /// A sampler for a kind of which at most `folds` instances are going to be folded.
  init(key: RecursionKey, kind: StepKind, folds: Int) {
    self.key = key
    self.kind = kind
    self.folds = folds
  }

  /// How many squares mask the error of `folds` folds of circuits with 2^errorLog rows.
  static func squareCount(folds: Int, errorLog: Int) -> Int { (errorLog + 2) * folds + 1 }

  /// What is random in an instance and its opening.
  struct Draft: Sendable {
    /// What was drawn of X, Y, w, A, B: places and values, those of X, Y, w, A ascending; and how long each is.
    var segments: [(count: Int, entries: [(place: Int, value: ScalarField)])] = []
    /// One blinder for every chunk.
    var blinders: [ScalarField] = []
    /// The public columns.
    let u, x: ScalarField
    /// r_E and r_Q.
    let errorPoint, claimPoint: [ScalarField]
  }

  /// Draws everything random.
  ///
  /// - Throws: `FoldingError.tooManyFolds` if the circuit has not enough columns to mask them.
  func draw(using generator: inout some RandomNumberGenerator) throws -> Draft {
    let sizes = key.sizes
    func random(_ count: Int) -> [ScalarField] { (0..<count).map { _ in ScalarField.random(using: &generator) } }
    var draft = Draft(
      u: random(1)[0], x: random(1)[0], errorPoint: random(sizes.errorLog), claimPoint: random(sizes.layout.logSize))
    for (segment, length) in key.verification.segmentLengths(of: kind).enumerated() {
      let places =
        segment == Segment.allCases.count - 1
        ? try tracePlaces() : valuePlaces(length: length, chunks: sizes.order.counts[segment], using: &generator)
      draft.segments.append((length, places.map { (place: $0, value: .random(using: &generator)) }))
      draft.blinders += ChunkBlinders<ScalarField>.random(count: sizes.order.counts[segment], using: &generator).values
    }
    return draft
  }

  /// The instance of a draft and its opening.
  func instance(of draft: Draft) throws -> (RunningInstance, RunningWitness) {
    let (sizes, shape) = (key.sizes, key.shapes[kind.rawValue])
    var commitments: [AffinePoint<PrimaryCurve>] = []
    for (segment, drawn) in draft.segments.enumerated() {
      for chunk in 0..<sizes.order.counts[segment] {
        let own = drawn.entries.filter { $0.place >> sizes.order.chunkLog == chunk }
        commitments.append(
          try key.generators.commit(
            own.map(\.value), at: own.map { $0.place - chunk << sizes.order.chunkLog },
            blinder: draft.blinders[commitments.count]))
      }
    }
    let values = Dictionary(uniqueKeysWithValues: draft.segments[3].entries.map { (UInt32($0.place), $0.value) })
    var trace = FieldVector<ScalarField>(repeating: .zero, count: draft.segments[4].count)
    for entry in draft.segments[4].entries { trace[entry.place] = entry.value }
    let products = shape.multiply(
      occurringValues: shape.valueOffsets.map { values[$0] ?? .zero }, trace: trace.elements,
      publics: [draft.u, draft.x])
    let witness = RunningWitness(
      parts: draft.segments.dropLast().map { .start(ScaledIntegers(count: $0.count, extras: $0.entries)) },
      trace: trace, blinders: draft.blinders, products: products, u: draft.u)
    // All entries of Q but these and the tables are zero.
    let claimValue = (witness.claimEntries(in: sizes.layout) ?? []).reduce(
      draft.u * key.verification.tables(at: draft.claimPoint)
    ) {
      $0 + $1.value * ScalarField.equality(draft.claimPoint[...], at: $1.place)
    }
    let scalars = RunningScalars(
      u: draft.u, x: draft.x, errorPoint: draft.errorPoint,
      errorValue: witness.error.evaluateMultilinear(at: draft.errorPoint),
      claimPoint: draft.claimPoint, claimValue: claimValue)
    return (RunningInstance(commitments: commitments, scalars: scalars), witness)
  }

  /// Distinct random places of every chunk, all of a short one.
  private func valuePlaces(
    length: Int, chunks: Int, using generator: inout some RandomNumberGenerator
  ) -> [Int] {
    (0..<chunks).flatMap { chunk -> [Int] in
      let start = min(length, chunk << key.sizes.order.chunkLog)
      let end = min(length, (chunk + 1) << key.sizes.order.chunkLog)
      guard end - start > Self.entriesPerChunk else { return Array(start..<end) }
      var places: Set<Int> = []
      while places.count < Self.entriesPerChunk { places.insert(Int.random(in: start..<end, using: &generator)) }
      return places.sorted()
    }
  }

  /// The masking columns of the trace.
  private func tracePlaces() throws -> [Int] {
    let columns = MaskingColumns(key.shapes[kind.rawValue])
    let count = Self.squareCount(folds: folds, errorLog: key.sizes.errorLog)
    guard count <= columns.squares.count else {
      throw FoldingError.tooManyFolds(most: (columns.squares.count - 1) / (key.sizes.errorLog + 2))
    }
    precondition(kind != .final || !columns.inverses.isEmpty, "The cross term of the last fold has what masks it.")
    return columns.squares.prefix(count) + columns.inverses
  }
}

extension PrimeField {
  /// eq(point, the bits of `index`); zero if the index has more bits than the point has coordinates.
  static func equality(_ point: ArraySlice<Self>, at index: Int) -> Self {
    guard point.count >= Int.bitWidth || index >> point.count == 0 else { return .zero }
    return point.enumerated().reduce(.one) { $0 * (index >> $1.offset & 1 == 1 ? $1.element : .one - $1.element) }
  }
}
