/// The opening of a commitment at a point (Protocol.md, section 7, "Opening").
struct Opening<C: Curve>: Sendable {
  private typealias S = Residue<C.Order>

  /// L and R of every round.
  private var rounds: [[Point<C>]] = []
  /// M.
  private let mask: Point<C>
  /// z.
  private let vector: [Residue<C.Order>]
  /// z'.
  private let blinder: Residue<C.Order>

  /// Reads an opening of a vector of 2^k entries.
  init(_ cursor: inout ByteCursor, variables: Int) throws(Refusal) {
    let last = min(variables, 3)
    for _ in 0..<variables - last { rounds.append(try cursor.points(2)) }
    mask = try cursor.point()
    vector = try cursor.elements(1 << last)
    blinder = try cursor.element()
  }

  /// Requires the one equation.
  func verify(
    _ commitment: Point<C>, at point: [Residue<C.Order>], value: Residue<C.Order>, _ generators: Generators<C>,
    _ transcript: inout ByteTranscript
  ) throws(Refusal) {
    transcript.absorb([commitment], as: "opening commitment")
    transcript.absorb(point, as: "opening point")
    transcript.absorb([value], as: "opening value")
    let xi: S = transcript.squeeze("opening base")
    // <z, G> in the folded bases is <weights, bases>; b is folded as it stands.
    var weights = [S.one]
    var b = equalities(point)
    var (scalars, points) = ([S](), [Point<C>]())
    for round in rounds {
      transcript.absorb([round[0]], as: "opening left")
      transcript.absorb([round[1]], as: "opening right")
      let challenge: S = transcript.squeeze("opening fold")
      try require(challenge != .zero, "a challenge that is not 0")
      let inverse = challenge.inverse
      weights = weights.flatMap { [$0, $0 * inverse] }
      let half = b.count / 2
      b = (0..<half).map { b[$0] + b[half + $0] * inverse }
      scalars += [inverse, challenge]
      points += round
    }
    transcript.absorb([mask], as: "opening mask")
    let last: S = transcript.squeeze("opening last")
    transcript.absorb(vector, as: "opening vector")
    transcript.absorb([blinder], as: "opening blinder")
    // <z, G> + <z, b> U + z' K - M - c (D + y U + sum of (L / t + t R)).
    scalars = scalars.map { -last * $0 } + [-last, -S.one, blinder, xi * (innerProduct(vector, b) - last * value)]
    points += [commitment, mask, generators.blinding, generators.evaluation]
    scalars += weights.flatMap { weight in vector.map { weight * $0 } }
    points += generators.bases
    try require(PointSum.combination(scalars, points).isInfinity, "the opening")
  }
}
