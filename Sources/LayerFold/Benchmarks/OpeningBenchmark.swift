import Algebra
import Commitment
import Transcript

extension KernelBenchmarks {
  /// An opening of a commitment to 2^logSize elements (3 <= logSize <= 24) at a point, proved and verified; throws
  /// `internalFailure` if the proof is refused.
  public static func opening(logSize: Int) throws -> [Timing] {
    let count = 1 << logSize
    var random = SystemRandomNumberGenerator()
    let generators = Generators<BN254>(logCount: logSize)
    let vector = FieldVector(elements(count, first: 3))
    let blinder = ScalarField.randomNonzero(using: &random)
    let point = (0..<logSize).map { _ in ScalarField.random(using: &random) }
    do {
      let statement = OpeningStatement(
        commitment: try generators.commit(vector, blinder: blinder), point: point,
        value: vector.evaluateMultilinear(at: point))
      let repetitions = logSize > 18 ? 2 : 5
      let randomness = InnerProductArgument<BN254>.Randomness(variables: logSize, using: &random)
      func prove() -> InnerProductProof<BN254> {
        var transcript = ByteTranscript("LayerFold benchmark")
        return InnerProductArgument.prove(
          statement, vector: vector, blinder: blinder, randomness: randomness, generators: generators,
          transcript: &transcript)
      }
      let proof = prove()
      func verify() throws {
        var transcript = ByteTranscript("LayerFold benchmark")
        try InnerProductArgument.verify(proof, of: statement, generators: generators, transcript: &transcript)
      }
      return [
        Timing.measure("opening, prover", count: count, repetitions: repetitions) { _ = prove() },
        try Timing.measure("opening, verifier", count: count, repetitions: repetitions, verify),
      ]
    } catch let error as CommitmentError {
      throw LayerFoldError.internalFailure("an honest opening was refused (\(error))")
    }
  }
}
