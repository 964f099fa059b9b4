import Algebra
import Arguments
import Circuits
import Commitment
import ConstraintSystem

/// Samples a random satisfying running instance of one kind: where its accumulator starts.
///
/// Any z satisfies relaxed R1CS with the error it causes, so nothing has to be solved: some entries of every segment are
/// uniform, the others zero, the error and the claims are what they are.
struct RandomRunning {
  private let key: RecursionKey
  private let kind: StepKind

  /// How many entries of every chunk are uniform; far more than the functionals of it a proof reveals.
  static let entriesPerChunk = 256

  /// A sampler for a kind.
  init(key: RecursionKey, kind: StepKind) {
    self.key = key
    self.kind = kind
  }

  /// An instance and its opening.
  func sample(using generator: inout some RandomNumberGenerator) throws -> (RunningInstance, RunningWitness) {
    let sizes = key.sizes
    let shape = key.shapes[kind.rawValue]
    var segments: [FieldVector<ScalarField>] = []
    var commitments: [AffinePoint<PrimaryCurve>] = []
    var blinders: [ScalarField] = []
    for (segment, length) in key.verification.segmentLengths(of: kind).enumerated() {
      var vector = FieldVector<ScalarField>(repeating: .zero, count: length)
      for chunk in 0..<sizes.order.counts[segment] {
        let start = chunk << sizes.order.chunkLog
        let real = max(0, min(length - start, 1 << sizes.order.chunkLog))
        let places =
          real <= Self.entriesPerChunk
          ? Array(0..<real) : (0..<Self.entriesPerChunk).map { _ in Int.random(in: 0..<real, using: &generator) }
        for place in places { vector[start + place] = .random(using: &generator) }
      }
      let fresh = ChunkBlinders<ScalarField>.random(count: sizes.order.counts[segment], using: &generator)
      commitments += try key.generators.commit(
        chunks: vector, chunkCount: sizes.order.counts[segment], blinders: fresh
      ).points
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
    let line = ClaimLine(from: claimPoint, to: claimPoint, in: sizes.layout)
    let claimValue =
      line.restrict(segments: Array(segments.prefix(4)))[0] + u
      * line.restrict(tables: key.verification.tableColumns)[0]
    let scalars = RunningScalars(
      u: u, x: x, errorPoint: errorPoint, errorValue: error.evaluateMultilinear(at: errorPoint),
      claimPoint: claimPoint, claimValue: claimValue)
    return (
      RunningInstance(commitments: commitments, scalars: scalars),
      RunningWitness(segments: segments, blinders: blinders, az: az, bz: bz, cz: cz, error: error)
    )
  }
}
