import Algebra
import Commitment
import ConstraintSystem
import LayerFold

// Proofs, keys and their parts.
extension Parser {
  static func claims(_ bytes: [UInt8]) throws {
    let rewritten = try Rewriting.claims(bytes)
    try requireRewritten(Array(bytes.prefix(rewritten.count)), rewritten)
  }

  static func proof(_ bytes: [UInt8]) throws {
    let key = try SmallestKey.made.get()
    try requireRewritten(bytes, try Rewriting.proof(bytes, under: key))
    do {
      _ = try Verifier(key: key).verify(Proof(bytes: bytes))
    } catch LayerFoldError.refusedProof {
      return
    }
    throw BrokenLaw(description: "nobody has proved anything under this key")
  }

  static func verifierKey(_ bytes: [UInt8]) throws {
    try requireRewritten(
      bytes, try Rewriting.verifierKey(beforeGenerators: bytes, generatorsOf: SmallestKey.made.get()))
  }

  static func shape(_ bytes: [UInt8]) throws {
    let shape = try ConstraintShape<ScalarField>(bytes: bytes)
    try requireRewritten(bytes, shape.bytes)
    guard max(shape.rowCount, shape.columnCount) <= 1 << 12 else { return }
    // <weights, (x A + y B + z C) v> in two orders.
    func elements(_ count: Int, _ seed: Int) -> [ScalarField] {
      var element = ScalarField(seed)
      return (0..<count).map { _ in
        element = element * element + .one
        return element
      }
    }
    let (publics, values) = (elements(shape.publicCount, 1), elements(shape.valueOffsets.count, 2))
    let (trace, weights) = (elements(shape.traceCount, 7), elements(shape.rowCount, 11))
    let products = shape.multiply(occurringValues: values, trace: trace, publics: publics)
    let (x, y, z) = (ScalarField(2), ScalarField(3), ScalarField(5))
    let sums = shape.combineColumns(weights: weights, x, y, z)
    func inner(_ left: [ScalarField], _ right: [ScalarField]) -> ScalarField {
      var sum = ScalarField.zero
      for (left, right) in zip(left, right) { sum += left * right }
      return sum
    }
    var rows = x * inner(weights, products.a)
    rows += y * inner(weights, products.b)
    rows += z * inner(weights, products.c)
    var columns = inner(publics, sums.publics)
    columns += inner(values, sums.values)
    columns += inner(trace, sums.trace)
    try require(rows == columns, "rows and columns have the same sum")
  }

  static func generators(_ bytes: [UInt8]) throws {
    do {
      try requireRewritten(bytes, Generators<BN254>(encoded: bytes, checking: .onCurve).encoded)
    } catch CommitmentError.generatorFormat {
      try requireRewritten(bytes, Generators<Grumpkin>(encoded: bytes, checking: .onCurve).encoded)
    }
  }

  static func identifier(_ bytes: [UInt8]) throws -> Bool {
    let text = String(decoding: bytes, as: UTF8.self)
    let identifier = ModelIdentifier(hexadecimal: text)
    if let identifier { try require(identifier.description == text.lowercased(), "an id is written as it was read") }
    if let salt = PromptSalt(hexadecimal: text) {
      try require(identifier != nil && salt.description == text.lowercased(), "a salt is written as it was read")
    }
    return identifier != nil
  }
}
