import Algebra
import Arguments
import Support
import Testing

@Suite("Products with ternary weights") struct TernaryRowTests {
  /// Widths around those where more rows are taken together, and heights that are no multiple of it.
  @Test("Oracle: bound by additions, the claims are those of the data", arguments: [40, 64, 200, 600], [1, 7, 33])
  func wide(channels: Int, outputs: Int) throws {
    try expectProved(channels: channels, outputs: outputs, odd: 0, chunkLog: 4)
  }

  @Test("Oracle: one weight that is not ternary", arguments: [2, -2, 1000] as [Int64])
  func almostTernary(odd: Int64) throws {
    try expectProved(channels: 600, outputs: 7, odd: odd, chunkLog: 4)
  }

  /// Pages of 2^10 entries: of 600 channels one for every output, so 64, 128 with the padding of 65 outputs.
  @Test("Oracle: claims reduced by additions", arguments: [40, 65], [0, 2, -32768] as [Int64])
  func longPages(outputs: Int, odd: Int64) throws {
    try expectProved(channels: 600, outputs: outputs, odd: odd, chunkLog: 10)
  }

  private func expectProved(channels: Int, outputs: Int, odd: Int64, chunkLog: Int) throws {
    var generator = SeededGenerator(seed: UInt64(channels * 100 + outputs))
    let token = Axis("token", 2), channel = Axis("channel", channels), output = Axis("output", outputs)
    let (row, column) = (IndexSpace([channel]).count, IndexSpace([output]).count)
    let x = (0..<2 * row).map { _ in Int64.random(in: -100...100, using: &generator) }
    var w = (0..<column * row).map { _ in Int64.random(in: -1...1, using: &generator) }
    if odd != 0 { w[3 * row + 590] = odd }
    let tables = fixtureTables()
    var builder = FixtureBuilder()
    var statement = StepStatement(
      tables: tables,
      multiplicities: builder.add("multiplicities", [tables.entries], .init(repeating: 0, count: tables.ids.count)))
    let left = builder.add("x", [token, channel], x)
    let right = builder.add("w", [output, channel], in: .weights, w)
    let product = (0..<2 * column).map { index in
      (0..<channels).reduce(Int64(0)) { $0 + x[index / column * row + $1] * w[index % column * row + $1] }
    }
    let result = builder.add("y", [token, output], product)
    statement.products.append(
      Product("product", result: Expression(result), left: Expression(left), right: Expression(right)))
    let fixture = Fixture(
      statement: statement, data: builder.data(tables), selectors: [:],
      layout: builder.layout(chunkLog: chunkLog, tables: tables))
    try fixture.checker.check()
    let run = try ArgumentRun(fixture)
    let (point, value) = try run.verify(run.proof.messages)
    #expect(fixture.evaluateQ(at: point) == value)
  }
}
