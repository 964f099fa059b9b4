import Algebra
import ConstraintSystem
import Support
import Testing

/// A little of everything: products, linear rows, advice, digits, committed values, blocks, a public output.
private struct Medley: Gadget {
  func run<World: CircuitArithmetic>(in world: inout World) throws -> [World.Element] where World.Field == ScalarField {
    let messages = try world.messages(2)
    var squared = [messages[1]]
    world.repeated("square", &squared) { world, state in state[0] = world.multiply(state[0], state[0]) }
    world.enter("outer")
    let product = world.multiply(messages[0] + world.constant(ScalarField(3 as UInt64)), messages[1])
    world.enter("inner")
    let digits = try world.digits(count: 2, from: [messages[0]]) { [$0[0].canonicalLimbs.0 & 0xffff, 7] }
    try world.requireEqual(digits[1], world.constant(ScalarField(7 as UInt64)), "seven")
    let committed = world.committedValue(at: 1)
    let sum = world.materialise(product + committed - ScalarField(5 as UInt64) * digits[0])
    world.leave()
    world.leave()
    let inverse = try world.advice(from: [sum]) { $0[0].inverse() ?? .zero }
    try world.requireProduct(sum, inverse, equals: world.constant(.one), "inverse")
    var state = [sum, squared[0]]
    for _ in 0..<70 {
      world.repeated("mix", &state) { world, state in
        let product = world.multiply(state[0], state[1] + world.constant(ScalarField(2 as UInt64)))
        state = [world.materialise(product - state[0] + state[1]) + state[1], product]
      }
    }
    try world.setPublic(1, to: sum + inverse + state[0], "result")
    return [world.publicInput(1)]
  }
}

@Suite("Shapes and witnesses")
struct ShapeTests {
  private func medley() throws -> FilledGadget {
    try FilledGadget(Medley(), messages: randomElements(2, seed: 7), values: [3, -4])
  }

  @Test("Laws: an honest witness satisfies, and the three matrices agree with the rows")
  func lawsSatisfied() throws {
    let filled = try medley()
    #expect(filled.violation() == nil)
    #expect(filled.outputs == [filled.witness.publics[1]])
    #expect(filled.shape.rowCount == 146 && filled.shape.traceCount == 146 && filled.shape.publicCount == 2)
    #expect(filled.shape.valueOffsets == [1, 2, 3] && filled.shape.valuesCount == 4)
    #expect(filled.survivors() == [])
    #expect(filled.rowTable.map(\.scope) == ["outer", "outer/inner"])
    #expect(filled.rowTable.map(\.rows) == [3, 2])
  }

  @Test("Rejects: each side of a wrong witness is named")
  func rejectsNamed() throws {
    let filled = try medley()
    var values = filled.values
    values[3] = 8
    let violation = filled.shape.firstViolation(
      values: values, trace: filled.witness.trace, publics: filled.witness.publics)
    #expect(violation?.row == 2 && violation?.name == "outer/inner: seven")
    var publics = filled.witness.publics
    publics[1] += .one
    let other = filled.shape.firstViolation(values: filled.values, trace: filled.witness.trace, publics: publics)
    #expect(other?.name == "result")
  }

  @Test("Laws: relaxed instances: E = Az o Bz - u Cz, and folding is linear in z")
  func lawsRelaxed() throws {
    let shape = try medley().shape
    var generator = SeededGenerator(seed: 3)
    func random(_ count: Int) -> [ScalarField] { (0..<count).map { _ in .random(using: &generator) } }
    let values = random(shape.valuesCount)
    let trace = random(shape.traceCount)
    let publics = random(2)
    let products = shape.multiply(values: values, trace: trace, publics: publics)
    var error = (0..<shape.rowCount).map { products.a[$0] * products.b[$0] - publics[0] * products.c[$0] }
    #expect(shape.firstViolation(of: products, u: publics[0], error: error) == nil)
    error[2] += .one
    #expect(shape.firstViolation(of: products, u: publics[0], error: error)?.row == 2)
    #expect(shape.firstViolation(of: products, u: publics[0])?.row == 0)
    let factor = ScalarField.random(using: &generator)
    let scaled = shape.multiply(
      values: values.map { factor * $0 }, trace: trace.map { factor * $0 }, publics: publics.map { factor * $0 })
    #expect(scaled.a == products.a.map { factor * $0 } && scaled.c == products.c.map { factor * $0 })
  }

  @Test("Oracle: combined columns are the transpose of the products")
  func oracleColumns() throws {
    let shape = try medley().shape
    var generator = SeededGenerator(seed: 4)
    func random(_ count: Int) -> [ScalarField] { (0..<count).map { _ in .random(using: &generator) } }
    let values = random(shape.valuesCount), trace = random(shape.traceCount), publics = random(2)
    let weights = random(shape.rowCount), factors = random(3)
    let sums = shape.combineColumns(weights: weights, factors[0], factors[1], factors[2])
    func inner(_ left: [ScalarField], _ right: [ScalarField]) -> ScalarField {
      #expect(left.count == right.count)
      return zip(left, right).reduce(.zero) { $0 + $1.0 * $1.1 }
    }
    let products = shape.multiply(values: values, trace: trace, publics: publics)
    let expected =
      factors[0] * inner(weights, products.a) + factors[1] * inner(weights, products.b)
      + factors[2] * inner(weights, products.c)
    let actual =
      inner(sums.publics, publics) + inner(sums.trace, trace)
      + inner(sums.values, shape.valueOffsets.map { values[Int($0)] })
    #expect(actual == expected)
  }

  /// Rows that are integers in runs long and short, interrupted by rows about the trace, coefficients up to the bound.
  @Test(
    "Oracle: rows about small integers are those about the elements they are",
    arguments: [1, -1, 1 << 30, 1 << 31, .max])
  func oracleIntegers(size: Int64) throws {
    let bound: Int64 = 1 << 31
    var world = ShapeBuilder<ScalarField>(layout: StepColumns(digitBits: 16, limbs: 0..<0))
    var message = try world.message()
    for (length, coefficient) in [
      (16, 1), (15, 2), (400, -3), (40, bound - 2), (40, 1 - bound), (40, bound), (3000, 7),
    ] {
      for row in 0..<length {
        let value = world.committedValue(at: 2 * row)
        let scaled = ScalarField(coefficient) * value
        try world.requireProduct(
          scaled - world.constant(.one), value - world.committedValue(at: 2 * row + 2),
          equals: world.constant(ScalarField(Int64(row))), "integers")
      }
      message = world.multiply(message, world.committedValue(at: 2 * length))
    }
    let shape = world.finish()
    var generator = SeededGenerator(seed: UInt64(bitPattern: size))
    let values = (0..<shape.valuesCount - 1).map { index in
      index == 8 ? size : Int64.random(in: -size.magnitudeBound...size.magnitudeBound, using: &generator)
    }
    let trace = randomElements(shape.traceCount, seed: 3), elements = values.map { ScalarField($0) } + [.zero]
    for u in [ScalarField.one, randomElements(1, seed: 4)[0]] {
      let publics = [u, ScalarField(9 as Int64)]
      let products = shape.multiply(values: values, trace: trace, publics: publics)
      let expected = shape.multiply(values: elements, trace: trace, publics: publics)
      #expect(products.a == expected.a && products.b == expected.b && products.c == expected.c)
    }
  }

  @Test("Rejects: a changed variable of any block violates a row of that block")
  func rejectsInBlocks() throws {
    let filled = try medley()
    let shape = filled.shape
    for (index, block) in shape.blocks.enumerated() {
      var trace = filled.witness.trace
      trace[block.traceStart] += .one
      let violation = shape.firstViolation(values: filled.values, trace: trace, publics: filled.witness.publics)
      let start = shape.blocks[..<index].reduce(block.rowsBefore) { $0 + shape.templates[$1.template].rows.count }
      #expect(violation?.row == start)
    }
    #expect(shape.blocks.count == 71 && shape.templates.count == 2)
  }

  @Test("Oracle: rows of blocks are those of the matrices written out")
  func oracleBlocks() throws {
    let filled = try medley()
    let shape = filled.shape
    let values = randomElements(shape.valuesCount, seed: 5), trace = randomElements(shape.traceCount, seed: 6)
    let publics = randomElements(2, seed: 8)
    let z = publics + shape.valueOffsets.map { values[Int($0)] } + trace
    let products = shape.multiply(values: values, trace: trace, publics: publics)
    for (matrix, product) in [(shape.a, products.a), (shape.b, products.b), (shape.c, products.c)] {
      #expect((0..<shape.rowCount).map { filled.product(matrix, $0, z) } == product)
    }
  }

  @Test("RoundTrip: encoding")
  func roundTripEncoding() throws {
    let shape = try medley().shape
    let bytes = shape.bytes
    #expect(try ConstraintShape<ScalarField>(bytes: bytes) == shape)
    #expect(try medley().shape.bytes == bytes)
  }

  @Test("Rejects: every flipped bit of an encoding is refused or is the encoding of another shape")
  func rejectsFlips() throws {
    let shape = try medley().shape
    let bytes = shape.bytes
    for place in bytes.indices {
      for bit in 0..<8 {
        var changed = bytes
        changed[place] ^= 1 << bit
        guard let other = try? ConstraintShape<ScalarField>(bytes: changed) else { continue }
        #expect(other != shape && other.bytes == changed)
      }
    }
  }

  @Test("Rejects: short, long and foreign encodings")
  func rejectsLengths() throws {
    let bytes = try medley().shape.bytes
    for count in 0..<bytes.count {
      #expect(throws: ShapeError.self) { _ = try ConstraintShape<ScalarField>(bytes: Array(bytes.prefix(count))) }
    }
    #expect(throws: ShapeError.trailingBytes) { _ = try ConstraintShape<ScalarField>(bytes: bytes + [0]) }
    #expect(throws: ShapeError.unknownFormat) { _ = try ConstraintShape<ScalarField>(bytes: [0] + bytes) }
    // A huge count must be refused before memory is taken for it.
    let header = Array(bytes.prefix(8)) + [1, 1, 255, 255, 255, 127]
    #expect(throws: ShapeError.truncated) { _ = try ConstraintShape<ScalarField>(bytes: header) }
  }

  @Test("Rejects: messages missing, left over, and digits that do not fit")
  func rejectsMessages() throws {
    var native = NativeArithmetic<ScalarField>(messages: [.one])
    _ = try native.message()
    #expect(throws: ConstraintError.missingMessage) { _ = try native.message() }
    #expect(throws: ConstraintError.unreadMessages(1)) { try NativeArithmetic<ScalarField>(messages: [.one]).finish() }
    #expect(throws: ConstraintError.violated("equal")) { try native.requireEqual(.one, .zero, "equal") }
    #expect(throws: ConstraintError.violated("product")) {
      try native.requireProduct(.one, .one, equals: .zero, "product")
    }
    let layout = StepColumns(digitBits: 4, limbs: 0..<2)
    var witness = WitnessBuilder<ScalarField>(layout: layout)
    #expect(throws: ConstraintError.self) { _ = try witness.digits(count: 1, from: []) { _ in [16] } }
    #expect(throws: ConstraintError.digitOverflow("the block of limbs")) {
      _ = try witness.digits(count: 3, from: []) { _ in [1, 2, 3] }
    }
    var shape = ShapeBuilder<ScalarField>(layout: layout)
    #expect(throws: ConstraintError.digitOverflow("the block of limbs")) {
      _ = try shape.digits(count: 3, from: []) { _ in [] }
    }
    witness.append(messages: [.one])
    #expect(throws: ConstraintError.unreadMessages(1)) { try witness.finish() }
  }

  @Test("Laws: linear combinations are sorted, merged and without zeros")
  func lawsLinearCombinations() {
    typealias Combination = LinearCombination<ScalarField>
    let x = Combination(Column(.trace, 3)), y = Combination(Column(.values, 9)), one = Combination(constant: .one)
    #expect(x + y + one == one + y + x)
    #expect((x + y + one).terms.map(\.column) == [.one, Column(.values, 9), Column(.trace, 3)])
    #expect(x - x == .zero && (x + y) - x == y && .zero * x == Combination.zero)
    #expect(x + x == ScalarField(2 as UInt64) * x && -x + x == .zero && Combination(constant: .zero) == .zero)
  }
}

extension Int64 {
  /// The magnitude, as far as it is an integer of 64 bits.
  fileprivate var magnitudeBound: Int64 { Int64(clamping: magnitude) }
}
