import Compute
import Foundation
import Testing

@Suite struct ShapeTests {
  @Test func isAListOfSizes() throws {
    let shape: Shape = [2, 3, 4, 5]
    #expect(Array(shape) == [2, 3, 4, 5])
    #expect(shape.product == 120)
    #expect(shape.denseStrides == [60, 20, 5, 1])
    #expect(shape.dropLast() + [7] == [2, 3, 4, 7])
    #expect([1] + shape == [1, 2, 3, 4, 5])
    #expect("\(shape)" == "[2, 3, 4, 5]")
    #expect(Shape().product == 1 && Shape().denseStrides == [])
  }

  @Test func differsWhereSizesOrTheirNumberDo() {
    let shapes: [Shape] = [[], [0], [0, 0], [1], [1, 0], [2, 3], [3, 2], [2, 3, 0]]
    #expect(Set(shapes).count == shapes.count)
    var changed: Shape = [2, 3]
    changed[1] = 4
    #expect(changed == [2, 4] && changed != [2, 3])
  }

  @Test func isWrittenAsNumbers() throws {
    let text = try JSONEncoder().encode([Shape([1, 28, 28, 3])])
    #expect(String(decoding: text, as: UTF8.self) == "[[1,28,28,3]]")
    #expect(try JSONDecoder().decode([Shape].self, from: text) == [[1, 28, 28, 3]])
    #expect(throws: DecodingError.self) {
      try JSONDecoder().decode(Shape.self, from: Data("[1,2,3,4,5,6]".utf8))
    }
  }
}
