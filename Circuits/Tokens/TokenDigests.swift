package import Algebra
import ConstraintSystem
import Transcript

/// The two hashes by which a text is known outside: of its prompt, hidden by a salt, and of all of it.
///
/// Both list every position of the model: tokens where the text has them, elsewhere 0.
package enum TokenDigests {
  /// H("prompt"; salt, P, slots): slot t is token t for t < P.
  static func prompt<World: Arithmetic>(
    salt: World.Element, promptLength: World.Element, slots: [World.Element], in world: inout World
  ) throws -> World.Element where World.Field == ScalarField {
    try world.hash("prompt", [salt, promptLength] + slots)
  }

  /// H("tokens"; prompt digest, P, len, slots): slot t is token t for P <= t < len.
  static func tokens<World: Arithmetic>(
    promptDigest: World.Element, promptLength: World.Element, length: World.Element, slots: [World.Element],
    in world: inout World
  ) throws -> World.Element where World.Field == ScalarField {
    try world.hash("tokens", [promptDigest, promptLength, length] + slots)
  }

  /// The digest of a prompt of at most `positions` tokens, for who knows it.
  package static func prompt(_ tokens: [Int], salt: ScalarField, positions: Int) throws -> ScalarField {
    var world = NativeArithmetic<ScalarField>()
    return try prompt(
      salt: salt, promptLength: ScalarField(tokens.count), slots: slots(tokens, from: 0, positions: positions),
      in: &world)
  }

  /// The digest of a text from its prompt's digest and length and the generated tokens; prompt and generated tokens
  /// fill at most `positions`.
  package static func tokens(
    promptDigest: ScalarField, promptLength: Int, generated: [Int], positions: Int
  ) throws -> ScalarField {
    var world = NativeArithmetic<ScalarField>()
    return try tokens(
      promptDigest: promptDigest, promptLength: ScalarField(promptLength),
      length: ScalarField(promptLength + generated.count),
      slots: slots(generated, from: promptLength, positions: positions), in: &world)
  }

  private static func slots(_ tokens: [Int], from first: Int, positions: Int) throws -> [ScalarField] {
    guard first >= 0, first <= positions, tokens.count <= positions - first else {
      throw CircuitError.parameterOutOfRange(
        name: "text length", found: first.addingReportingOverflow(tokens.count).partialValue, expected: 0...positions)
    }
    var slots = [ScalarField](repeating: .zero, count: positions)
    for (place, token) in tokens.enumerated() { slots[first + place] = ScalarField(token) }
    return slots
  }
}
