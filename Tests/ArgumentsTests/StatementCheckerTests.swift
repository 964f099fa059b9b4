import Algebra
import Arguments
import Support
import Testing

@Suite struct StatementCheckerTests {
  static let sizes = [
    FixtureSizes(), FixtureSizes(tokens: 4, channels: 8, outputs: 4, heads: 2, pairs: 2, vocabulary: 8),
    FixtureSizes(tokens: 1, channels: 1, outputs: 1, heads: 1, pairs: 1, vocabulary: 1),
    FixtureSizes(tokens: 5, channels: 6, outputs: 7, heads: 2, pairs: 5, vocabulary: 11),
  ]

  @Test(arguments: sizes.indices) func acceptsTrueData(size: Int) throws {
    for seed in 0..<3 { try Fixture(Self.sizes[size], seed: UInt64(seed)).checker.check() }
  }

  /// Every entry of these tensors matters, padding included (but not for the maxima, which only real rows read).
  @Test(arguments: [
    "y", "remainder", "s", "m", "pinned", "e", "u", "sums", "columns", "totals", "biased", "visible", "norm", "scaled",
    "after", "h", "gap", "shifted",
    "multiplicities",
  ])
  func refusesAnyChange(name: String) throws {
    let fixture = Fixture(seed: 7)
    let tensor = try #require(fixture.tensors.first { $0.name == name })
    for index in 0..<tensor.count where name != "m" || IndexSpace(tensor.axes).isReal(index) {
      var wrong = fixture
      wrong.change(tensor, at: index, by: 1)
      #expect(throws: ArgumentError.self, "\(name) \(index)") { try wrong.checker.check() }
    }
  }

  @Test func refusesMalformedStatements() throws {
    let fixture = Fixture(seed: 1)
    let token = Axis("token", 3), other = Axis("token", 4)
    let tensor = Tensor("t", [token], in: .values, at: 0)
    var wrong = fixture.statement
    wrong.lookups.append(Lookup(table: 9, input: Expression(tensor)))
    #expect(throws: ArgumentError.self) { try wrong.validate() }
    wrong = fixture.statement
    wrong.relations.append(LinearRelation("r", over: [other], []))
    #expect(throws: ArgumentError.self) { try wrong.validate() }
    wrong = fixture.statement
    wrong.relations.append(LinearRelation("r", over: [], [.init(tensor, times: .one)]))
    #expect(throws: ArgumentError.self) { try wrong.validate() }
    wrong = fixture.statement
    wrong.products.append(
      Product("p", result: Expression(axes: []), left: Expression(tensor), right: Expression(axes: [])))
    #expect(throws: ArgumentError.self) { try wrong.validate() }
  }
}

extension Fixture {
  /// Every tensor of the statement, each once.
  var tensors: [Tensor] {
    var all: [Tensor] = [statement.multiplicities]
    for lookup in statement.lookups { all += (lookup.input.terms + (lookup.output?.terms ?? [])).map(\.tensor) }
    for zero in statement.zeros { all += zero.values.terms.map(\.tensor) + [zero.multiplicities] }
    for product in statement.products {
      all += (product.result.terms + product.left.terms + product.right.terms).map(\.tensor)
    }
    for relation in statement.relations { all += relation.terms.map(\.tensor) }
    var seen: Set<String> = []
    return all.filter { seen.insert($0.name).inserted }
  }

  /// Adds to one entry of a tensor.
  mutating func change(_ tensor: Tensor, at index: Int, by delta: Int64) {
    func changed(_ entries: SegmentEntries) -> SegmentEntries {
      var wide = Array(entries.widened(0..<max(entries.count, tensor.offset + tensor.count)))
      wide[tensor.offset + index] += delta
      return .int64(wide)
    }
    switch tensor.segment {
    case .input: data.input = changed(data.input)
    case .output: data.output = changed(data.output)
    case .weights: data.weights = changed(data.weights)
    case .values: data.values = changed(data.values)
    case .tables: break
    }
  }
}
