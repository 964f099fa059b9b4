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
  static let entriesPerChunk = 256

  /// A sampler for a kind of which at most `folds` instances are going to be folded.
  init(key: RecursionKey, kind: StepKind, folds: Int) {
    self.key = key
    self.kind = kind
    self.folds = folds
  }

  /// How many squares mask the error of `folds` folds of circuits with 2^errorLog rows.
  static func squareCount(folds: Int, errorLog: Int) -> Int { (errorLog + 2) * folds + 1 }

  /// An instance and its opening.
  ///
  /// - Throws: `FoldingError.tooManyFolds` if the circuit has not enough columns to mask them.
  func sample(using generator: inout some RandomNumberGenerator) throws -> (RunningInstance, RunningWitness) {
    let sizes = key.sizes
    let shape = key.shapes[kind.rawValue]
    var segments: [FieldVector<ScalarField>] = []
    var commitments: [AffinePoint<PrimaryCurve>] = []
    var blinders: [ScalarField] = []
    var claimed: [(place: Int, value: ScalarField)] = []
    for (segment, length) in key.verification.segmentLengths(of: kind).enumerated() {
      let places =
        segment == Segment.allCases.count - 1
        ? try tracePlaces() : valuePlaces(length: length, chunks: sizes.order.counts[segment], using: &generator)
      var vector = FieldVector<ScalarField>(repeating: .zero, count: length)
      for place in places { vector[place] = .random(using: &generator) }
      if segment < sizes.layout.bases.count - 1 {
        claimed += places.map { (sizes.layout.bases[segment] + $0, vector[$0]) }
      }
      let fresh = ChunkBlinders<ScalarField>.random(count: sizes.order.counts[segment], using: &generator)
      for (chunk, blinder) in fresh.values.enumerated() {
        let own = places.filter { $0 >> sizes.order.chunkLog == chunk }
        commitments.append(
          try key.generators.commit(
            own.map { vector[$0] }, at: own.map { $0 - chunk << sizes.order.chunkLog }, blinder: blinder))
      }
      segments.append(vector)
      blinders += fresh.values
    }
    let u = ScalarField.random(using: &generator)
    let x = ScalarField.random(using: &generator)
    let products = shape.multiply(
      values: segments[3].elements, trace: segments[4].elements, publics: [u, x])
    let (az, bz, cz) = (FieldVector(products.a), FieldVector(products.b), FieldVector(products.c))
    var error = az.hadamard(bz)
    error.addScaled(cz, by: -u)
    let errorPoint = (0..<sizes.errorLog).map { _ in ScalarField.random(using: &generator) }
    let claimPoint = (0..<sizes.layout.logSize).map { _ in ScalarField.random(using: &generator) }
    // All entries of Q but these and the tables are zero.
    let claimValue = claimed.reduce(u * key.verification.tables(at: claimPoint)) {
      $0 + $1.value * ScalarField.equality(claimPoint[...], at: $1.place)
    }
    let scalars = RunningScalars(
      u: u, x: x, errorPoint: errorPoint, errorValue: error.evaluateMultilinear(at: errorPoint),
      claimPoint: claimPoint, claimValue: claimValue)
    return (
      RunningInstance(commitments: commitments, scalars: scalars),
      RunningWitness(segments: segments, blinders: blinders, az: az, bz: bz, cz: cz, error: error)
    )
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
